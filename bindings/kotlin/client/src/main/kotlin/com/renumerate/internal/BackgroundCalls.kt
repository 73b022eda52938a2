package com.renumerate.internal

import com.renumerate.ClientOptions
import com.renumerate.HandshakeToken
import com.renumerate.Logger
import com.renumerate.Session
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.coroutineContext
import kotlin.coroutines.resume

/** Runs calls on the native library's background thread. Callers wait with a coroutine, a future or a parked thread. */
internal class BackgroundCalls private constructor(private val native: BackgroundClient, private val logger: Logger?) {
    private val open = AtomicBoolean(true)

    init {
        CompletionDispatcher.clientOpened()
    }

    /** Suspends until the call ends. Cancelling the coroutine aborts the call. */
    suspend fun <S : Session> create(request: Request, factory: SessionFactory<S>): S {
        coroutineContext.ensureActive() // throws if the coroutine is already cancelled, before a request is sent
        return awaitOutcome(request.withLogs(logger)).unwrap(logger, factory)
    }

    /**
     * Starts the call and awaits the outcome.
     *
     * To resume a coroutine is to call its dispatcher, and a dispatcher may be application code or run the coroutine at
     * once. The native library's thread must not run application code, because that thread drives all calls. It
     * therefore resumes a coroutine only if the dispatcher always switches to another thread.
     */
    private suspend fun awaitOutcome(request: Request): Outcome = suspendCancellableCoroutine { continuation ->
        val dispatcher = continuation.context[ContinuationInterceptor]
        val switchesThread = dispatcher === Dispatchers.Default || dispatcher === Dispatchers.IO
        val onOutcome = { outcome: Outcome ->
            if (switchesThread) continuation.resume(outcome) else CALLBACK_EXECUTOR.execute { continuation.resume(outcome) }
        }
        val callId = start(request, onOutcome)
        continuation.invokeOnCancellation { CompletionDispatcher.abort(callId) }
    }

    /** Starts a call and returns its future. If the caller cancels or completes the future, the call is aborted. */
    fun <S : Session> future(request: Request, factory: SessionFactory<S>): CompletableFuture<S> {
        val future = CompletableFuture<S>()
        val onOutcome = { outcome: Outcome ->
            CALLBACK_EXECUTOR.execute {
                try {
                    future.complete(outcome.unwrap(logger, factory))
                } catch (error: Throwable) {
                    future.completeExceptionally(error)
                }
            }
        }
        val callId =
            try {
                start(request.withLogs(logger), onOutcome)
            } catch (error: Exception) {
                return CompletableFuture.failedFuture(error)
            }
        future.whenComplete { _, _ -> CompletionDispatcher.abort(callId) }
        return future
    }

    /** Parks the calling thread until the call ends. Interrupting the thread aborts the call. */
    @Throws(InterruptedException::class)
    fun <S : Session> await(request: Request, factory: SessionFactory<S>): S {
        if (Thread.interrupted()) throw InterruptedException("the thread was interrupted before the call")
        val caller = Thread.currentThread()
        var outcome: Outcome? = null
        val holder = OutcomeHolder()
        val callId =
            start(request.withLogs(logger)) {
                holder.outcome = it
                LockSupport.unpark(caller)
            }
        while (outcome == null) {
            if (Thread.interrupted()) {
                CompletionDispatcher.abort(callId)
                throw InterruptedException("the call was interrupted")
            }
            LockSupport.park(this)
            outcome = holder.outcome
        }
        return outcome.unwrap(logger, factory)
    }

    /** Creates a handshake token on the calling thread. */
    fun createToken(customerId: String?): HandshakeToken = createToken(customerId, logger, native::createHandshakeToken)

    /** Starts a call. If it cannot start, passes on its log lines and throws its exception. */
    private fun start(request: Request, onOutcome: (Outcome) -> Unit): Long = try {
        mapNativeErrors { CompletionDispatcher.start(native, request, onOutcome) }
    } catch (rejected: RejectedCall) {
        throw rejected.outcome.failure(logger)
    }

    private class OutcomeHolder {
        @Volatile
        var outcome: Outcome? = null
    }

    fun close() {
        if (open.compareAndSet(true, false)) {
            native.shutDown()
            CompletionDispatcher.clientClosed()
        }
    }

    fun describe(): String = native.describe()

    companion object {
        operator fun invoke(options: ClientOptions, limits: SharedLimits? = null): BackgroundCalls =
            options.createClient { key, settings, logger ->
                BackgroundCalls(BackgroundClient(CompletionDispatcher.results, key, settings, limits), logger)
            }
    }
}
