// Concurrent callers, each of which makes one call after another.

package com.renumerate.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executors

/** End of a round: after a number of calls of a caller, or at a time of [System.nanoTime]. */
internal class Limit(private val calls: Int, private val end: Long) {
    fun allows(calls: Int) = calls < this.calls && System.nanoTime() - end < 0
}

/** Calls, and those that returned a session. */
internal class Counts(var calls: Int = 0, var sessions: Int = 0) {
    fun add(id: String) {
        calls += 1
        if (id.startsWith(ID_PREFIX)) sessions += 1
    }
}

/** Makes calls with a number of callers. A call that fails ends all of them by its exception. */
internal fun interface Callers {
    fun call(callers: Int, limit: Limit): List<Counts>
}

internal fun callers(call: Call): Callers = when (call) {
    is SuspendCall -> Callers { callers, limit ->
        runBlocking(Dispatchers.Default) {
            List(callers) { async { count(limit) { call.call() } } }.awaitAll()
        }
    }

    is BlockingCall -> {
        val threads = Executors.newCachedThreadPool()
        Callers { callers, limit ->
            val running = List(callers) { threads.submit<Counts> { count(limit) { call.call() } } }
            running.map { it.get() }
        }
    }

    is FutureCall -> Callers { callers, limit ->
        val running = List(callers) { FutureCaller(call, limit).also(FutureCaller::next) }
        running.map { it.end.get() }
    }
}

private inline fun count(limit: Limit, call: () -> String): Counts {
    val counts = Counts()
    while (limit.allows(counts.calls)) counts.add(call())
    return counts
}

private class FutureCaller(private val call: FutureCall, private val limit: Limit) {
    private val counts = Counts()
    val end = CompletableFuture<Counts>()

    /** Makes the next call, in the thread that completes the one before. */
    fun next() {
        if (!limit.allows(counts.calls)) {
            end.complete(counts)
            return
        }
        call.call().whenComplete { id, failure ->
            if (failure == null) {
                counts.add(id)
                next()
            } else {
                end.completeExceptionally(failure)
            }
        }
    }
}
