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
 * Delivers the outcomes of all background calls to their callers.
 *
 * While calls are in progress, one coroutine polls `results` and takes all available outcomes at once. The coroutine
 * has no dispatcher, so it resumes inside a callback on the native library's thread. This saves a thread switch for
 * each outcome. The native library's thread drives all calls. Application code could delay them, so it must not run
 * there.
 */
internal object CompletionDispatcher {
    val results: Results = Results()
    private val pendingCalls = ConcurrentHashMap<Long, (Outcome) -> Unit>()
    private val lastCallId = AtomicLong()
    private val polling = AtomicBoolean()
    private val openClients = AtomicInteger()

    /**
     * Starts a call. [onOutcome] receives the outcome of the call once, or never if the call is aborted. [onOutcome]
     * must neither block nor run application code, because it runs on the thread that delivers the outcomes of all
     * calls.
     *
     * @return the id of the call, for [abort]
     * @throws RejectedCall the call cannot start
     */
    fun start(client: BackgroundClient, request: Request, onOutcome: (Outcome) -> Unit): Long {
        val callId = lastCallId.incrementAndGet()
        pendingCalls[callId] = onOutcome
        try {
            val rejected = NativeBuffer.withRequest(request) { buffer, length -> client.start(callId, buffer.address, length) }
            if (rejected != null) throw RejectedCall(rejected)
        } catch (error: Throwable) {
            pendingCalls.remove(callId)
            throw error
        }
        try {
            startPolling()
        } catch (error: Throwable) {
            abort(callId)
            throw error
        }
        return callId
    }

    /** Aborts a call, closes its connection and discards its outcome. */
    fun abort(callId: Long) {
        if (pendingCalls.remove(callId) != null) results.abort(callId)
    }

    /** Counts a client that was opened. */
    fun clientOpened() {
        openClients.incrementAndGet()
    }

    /**
     * Counts a client that was closed. If it was the last open client and no call is in progress, this function ends
     * the polling and waits for the end, for at most one second. The native library's thread then no longer calls
     * Kotlin code. This allows an application server to discard the class loader of this library. It also ends the
     * thread, and thereby closes its descriptors. If a call is in progress, [poll] ends the thread after the call.
     */
    fun clientClosed() {
        if (openClients.decrementAndGet() > 0 || pendingCalls.isNotEmpty()) return
        if (polling.get()) {
            results.notifyIdle()
            val deadline = System.nanoTime() + DETACH_TIMEOUT_NS
            while (polling.get() && openClients.get() == 0 && System.nanoTime() < deadline) LockSupport.parkNanos(PAUSE_NS)
        }
        stopThreadIfUnused()
    }

    private fun stopThreadIfUnused() {
        if (openClients.get() == 0 && pendingCalls.isEmpty()) results.stopThread()
    }

    /** Value that `Results.next` returns instead of an address if no call is in progress. */
    private const val NO_RESULTS = 0L
    private const val DETACH_TIMEOUT_NS = 1_000_000_000L
    private const val PAUSE_NS = 100_000L

    /**
     * Starts the polling coroutine unless it is running already. The coroutine starts on another thread, because the
     * caller's stack may be almost full: a stack overflow in the coroutine would end the polling for all calls.
     */
    private fun startPolling() {
        if (!polling.compareAndSet(false, true)) return
        try {
            POLLING_DISPATCHER.dispatch(EmptyCoroutineContext) { suspend { poll() }.startCoroutine(PollCompletion) }
        } catch (error: Throwable) {
            polling.set(false)
            throw error
        }
    }

    /**
     * Delivers outcomes until no call is in progress, then detaches the native library's thread from the JVM. If that
     * thread stayed attached, it would delay the exit of the process and keep this library's class loader in memory.
     */
    private suspend fun poll() {
        do {
            var address = results.next()
            while (address != NO_RESULTS) {
                readOutcomes(address).forEach(::deliver)
                address = results.next()
            }
            polling.set(false)
            // A call may have started since `next` returned. Either that call sees the cleared flag and starts another
            // polling coroutine, or the loop condition below sees the call and this coroutine continues.
        } while (pendingCalls.isNotEmpty() && polling.compareAndSet(false, true))
        stopThreadIfUnused()
        if (Thread.currentThread().name == NativeLibrary.THREAD_NAME) Native.detach(true)
    }

    /**
     * Delivers an outcome to its caller. If this fails, for example because no thread can be started, the default
     * handler for uncaught exceptions receives the exception, and the delivery of other outcomes continues.
     */
    private fun deliver(outcome: Outcome) {
        val onOutcome = pendingCalls.remove(outcome.callId) ?: return
        try {
            onOutcome(outcome)
        } catch (error: Throwable) {
            runCatching { CALLBACK_EXECUTOR.execute { throw error } }
        }
    }

    private object PollCompletion : Continuation<Unit> {
        override val context = EmptyCoroutineContext

        override fun resumeWith(result: Result<Unit>) {
            // Polling fails only because of a bug in the native library. Waiting callers receive an error, because they
            // would otherwise wait forever.
            val error = result.exceptionOrNull() ?: return
            polling.set(false)
            val failure = internalError("the call has ended without a result because of $error")
            for (callId in pendingCalls.keys) {
                pendingCalls.remove(callId)?.runCatching { invoke(Outcome(callId, null, failure, emptyList())) }
            }
        }
    }
}

/** Reports a call that could not start. [outcome] is a failure. */
internal class RejectedCall(val outcome: Outcome) : Exception(null, null, false, false)
