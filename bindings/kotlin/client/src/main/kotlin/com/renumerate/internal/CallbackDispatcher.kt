package com.renumerate.internal

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.asExecutor
import java.util.concurrent.Executor

/** Maximum number of callbacks that can block at the same time. */
private const val MAX_CONCURRENT_CALLBACKS = 1_000

/**
 * Executor of application code that must run neither on the native library's thread nor on the caller's thread.
 *
 * It has threads of its own in addition to those of `Dispatchers.Default` and `Dispatchers.IO`, because application
 * code may block all of those while it waits for results. The common pool of `ForkJoinPool`, which `CompletableFuture`
 * uses by default, is unsuitable: on a machine with two processors, the pool has only one thread, and
 * `CompletableFuture` starts a new thread for each stage instead of using the pool.
 */
internal val CALLBACK_EXECUTOR: Executor by lazy { limitedDispatcher(MAX_CONCURRENT_CALLBACKS).asExecutor() }

/** Dispatcher that starts the polling for outcomes. Application code never blocks it. */
internal val POLLING_DISPATCHER: CoroutineDispatcher by lazy { limitedDispatcher(1) }

@OptIn(ExperimentalCoroutinesApi::class) // stable since coroutines 1.9
private fun limitedDispatcher(threads: Int): CoroutineDispatcher = Dispatchers.IO.limitedParallelism(threads)
