package com.renumerate.internal

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/** Maximum number of callbacks that can block at the same time. */
private const val MAX_CONCURRENT_CALLBACKS = 1_000

/**
 * Dispatcher for application code that must run neither on the native library's thread nor on the caller's thread.
 *
 * Its threads are in addition to those of `Dispatchers.Default` and `Dispatchers.IO`, which may all be waiting for
 * results. The common pool of `ForkJoinPool` is not used: it has one thread on a machine with two processors, and
 * `CompletableFuture` then starts a thread for each stage.
 */
internal val CALLBACK_DISPATCHER: CoroutineDispatcher by lazy {
    Dispatchers.IO.limitedParallelism(MAX_CONCURRENT_CALLBACKS)
}
