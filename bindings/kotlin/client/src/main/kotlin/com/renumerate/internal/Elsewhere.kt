package com.renumerate.internal

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/** So many pieces of other people's code may block there at once. */
private const val AT_ONCE = 1_000

/**
 * Threads for what must run neither on the library's thread nor on the caller's: as many as are needed, beside those that
 * applications have in `Dispatchers.Default` and `Dispatchers.IO`, all of which may be waiting for a result. The common
 * pool has one thread on a machine of two processors, and Java starts a thread for each stage there.
 */
internal val ELSEWHERE: CoroutineDispatcher by lazy { Dispatchers.IO.limitedParallelism(AT_ONCE) }
