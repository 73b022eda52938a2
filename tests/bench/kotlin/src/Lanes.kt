// Lanes side by side, in each of which one call follows the other until time is up.

package com.renumerate.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** Calls, and of these the good ones, which returned the id of a session. */
internal class Tally(var calls: Int = 0, var good: Int = 0) {
    fun add(id: String) {
        calls += 1
        if (id.startsWith(ID_PREFIX)) good += 1
    }
}

/** Calls until this time of [System.nanoTime], so many at once. A call that fails ends them all by its exception. */
internal fun interface Lanes {
    fun callUntil(end: Long, atOnce: Int): List<Tally>
}

internal fun lanes(call: Call): Lanes = when (call) {
    is SuspendCall -> Lanes { end, atOnce -> callInCoroutines(call, end, atOnce) }
    is BlockingCall -> Executors.newCachedThreadPool().let { Lanes { end, atOnce -> callInThreads(call, it, end, atOnce) } }
    is FutureCall -> Lanes { end, atOnce -> callInFutures(call, end, atOnce) }
}

private fun isOver(end: Long) = System.nanoTime() - end >= 0

private fun callInCoroutines(call: SuspendCall, end: Long, atOnce: Int): List<Tally> = runBlocking(Dispatchers.Default) {
    val lanes =
        List(atOnce) {
            async {
                val tally = Tally()
                while (!isOver(end)) tally.add(call.call())
                tally
            }
        }
    lanes.awaitAll()
}

private fun callInThreads(call: BlockingCall, threads: ExecutorService, end: Long, atOnce: Int): List<Tally> {
    val lanes =
        List(atOnce) {
            threads.submit<Tally> {
                val tally = Tally()
                while (!isOver(end)) tally.add(call.call())
                tally
            }
        }
    return lanes.map { it.get() }
}

private fun callInFutures(call: FutureCall, end: Long, atOnce: Int): List<Tally> {
    val lanes = List(atOnce) { FutureLane(call, end).also(FutureLane::next) }
    return lanes.map { it.ended.get() }
}

private class FutureLane(private val call: FutureCall, private val end: Long) {
    private val tally = Tally()
    val ended = CompletableFuture<Tally>()

    /** The next call, made where the one before it has ended. */
    fun next() {
        if (isOver(end)) {
            ended.complete(tally)
            return
        }
        call.call().whenComplete { id, failure ->
            if (failure == null) {
                tally.add(id)
                next()
            } else {
                ended.completeExceptionally(failure)
            }
        }
    }
}
