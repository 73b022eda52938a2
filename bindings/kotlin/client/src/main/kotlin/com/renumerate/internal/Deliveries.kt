package com.renumerate.internal

import com.sun.jna.Native
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/**
 * The results of all calls in the background, handed to those who wait for them.
 *
 * While calls are under way one coroutine takes results, all that have gathered at a time. It has no dispatcher: it runs on
 * the library's thread, which calls back, and so a result comes to its call without a stop on a thread of ours. That thread
 * drives all calls: nobody's own code may run on it.
 */
internal object Deliveries {
    val results: Results = Results()
    private val waiting = ConcurrentHashMap<Long, (Outcome) -> Unit>()
    private val numbers = AtomicLong()
    private val taking = AtomicBoolean()
    private val clients = AtomicInteger()

    /**
     * Starts a call. [deliver] gets its outcome, once and on the library's thread, unless the call is aborted.
     *
     * @return the number to abort it by
     */
    fun start(client: BackgroundClient, request: Request, deliver: (Outcome) -> Unit): Long {
        val number = numbers.incrementAndGet()
        waiting[number] = deliver
        try {
            Lent.with(request) { lent, length -> client.start(number, lent.address, length) }
        } catch (refused: Throwable) {
            waiting.remove(number)
            throw refused
        }
        try {
            takeResults()
        } catch (error: Throwable) {
            abort(number)
            throw error
        }
        return number
    }

    /** Ends a call and its connection. Its outcome is of interest to nobody any more. */
    fun abort(number: Long) {
        if (waiting.remove(number) != null) results.abort(number)
    }

    /** A client more. */
    fun opened() {
        clients.incrementAndGet()
    }

    /**
     * A client less. With the last one whoever closes it may take this library away, as a server does with an application:
     * when this returns, no thread of the library's calls back any more, unless calls are under way.
     */
    fun closed() {
        if (clients.decrementAndGet() > 0 || waiting.isNotEmpty() || !taking.get()) return
        results.rest()
        val givenUp = System.nanoTime() + PATIENCE_NS
        while (taking.get() && clients.get() == 0 && System.nanoTime() < givenUp) LockSupport.parkNanos(PAUSE_NS)
    }

    /** Instead of an address: nothing is under way. */
    private const val NOTHING = 0L
    private const val PATIENCE_NS = 1_000_000_000L
    private const val PAUSE_NS = 100_000L

    /** Never on the caller's own stack, whose end would be that of all calls. */
    private fun takeResults() {
        if (!taking.compareAndSet(false, true)) return
        try {
            ELSEWHERE.dispatch(EmptyCoroutineContext) { suspend { takeAll() }.startCoroutine(Taken) }
        } catch (error: Throwable) {
            taking.set(false)
            throw error
        }
    }

    /** Hands out what comes, until nothing is under way: then the library's thread must not be the JVM's any more. */
    private suspend fun takeAll() {
        do {
            var address = results.next()
            while (address != NOTHING) {
                outcomesAt(address).forEach(::deliver)
                address = results.next()
            }
            taking.set(false)
            // A call that came in the meantime has either seen that, and takes by itself, or is seen here.
        } while (waiting.isNotEmpty() && taking.compareAndSet(false, true))
        if (Thread.currentThread().name == Natives.THREAD) Native.detach(true)
    }

    /** One that cannot be delivered, since a dispatcher has been shut down, must not keep the others from theirs. */
    private fun deliver(outcome: Outcome) {
        val deliver = waiting.remove(outcome.number) ?: return
        try {
            deliver(outcome)
        } catch (error: Throwable) {
            val thread = Thread.currentThread()
            Thread.getDefaultUncaughtExceptionHandler()?.runCatching { uncaughtException(thread, error) }
        }
    }

    private object Taken : Continuation<Unit> {
        override val context = EmptyCoroutineContext

        override fun resumeWith(result: Result<Unit>) {
            // It ends by a failure only where the native library has a flaw; whoever waits must hear of it.
            val flaw = result.exceptionOrNull() ?: return
            taking.set(false)
            for (number in waiting.keys) {
                waiting.remove(number)?.runCatching { invoke(Outcome(number, null, lost(flaw), emptyList())) }
            }
        }
    }

    private fun lost(flaw: Throwable): Failure {
        val text = "the call has ended without a result: please report this: $flaw"
        return Failure.Failed(
            kind = "ConfigurationError",
            code = "configuration",
            text = text,
            reason = text,
            retryable = false,
            attempts = emptyList(),
            `field` = "runtime",
            status = null,
            requestId = null,
            contentType = null,
            body = null,
            retryAfter = null,
            phase = null,
            timeoutScope = null,
        )
    }
}
