package com.renumerate.internal

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/** Maximum number of callbacks that can block at the same time. */
private const val MAX_CONCURRENT_CALLBACKS = 1_000

/**
 * Dispatcher for application code that must run neither on the native library's thread nor on the caller's thread.
 *
 * It has additional threads, because application code may block all threads of `Dispatchers.Default` and
 * `Dispatchers.IO` while it waits for results. The common pool of `ForkJoinPool` is unsuitable: on a machine with two
 * processors it has only one thread. `CompletableFuture` then avoids the pool and starts a new thread for each stage.
 */
internal val CALLBACK_DISPATCHER: CoroutineDispatcher by lazy {
    Dispatchers.IO.limitedParallelism(MAX_CONCURRENT_CALLBACKS)
}
