package com.renumerate.internal

import com.renumerate.ClientOptions
import com.renumerate.Logger
import com.renumerate.Session
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.asExecutor
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.util.concurrent.CompletableFuture
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.locks.LockSupport
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.coroutineContext
import kotlin.coroutines.resume

/** Calls that are driven in the background, awaited in each of the ways that there are to wait. */
internal class BackgroundCalls private constructor(private val native: BackgroundClient, private val logger: Logger?) {
    private val open = AtomicBoolean(true)

    init {
        Deliveries.opened()
    }

    /** Awaited by a coroutine: cancelled, it ends the call. */
    suspend fun <S : Session> create(request: Request, make: MakeSession<S>): S {
        coroutineContext.ensureActive() // nothing is sent for a coroutine that has ended
        return heard(request).let { awaited(it) }.unwrap(logger, make)
    }

    /** The outcome, away from the library's thread: a coroutine whose dispatcher does not dispatch would go on on it. */
    private suspend fun awaited(request: Request): Outcome {
        val context = coroutineContext
        val dispatcher = context[ContinuationInterceptor] as? CoroutineDispatcher
        if (dispatcher != null && dispatcher.isDispatchNeeded(context)) return outcome(request)
        return withContext(ELSEWHERE) { outcome(request) }
    }

    private suspend fun outcome(request: Request): Outcome = suspendCancellableCoroutine { continuation ->
        val number = natively { Deliveries.start(native, request) { continuation.resume(it) } }
        continuation.invokeOnCancellation { Deliveries.abort(number) }
    }

    /** As a future: completed in any other way than by the call, it ends that. */
    fun <S : Session> future(request: Request, make: MakeSession<S>): CompletableFuture<S> {
        val future = CompletableFuture<S>()
        val deliver = { outcome: Outcome ->
            completions.execute {
                try {
                    future.complete(outcome.unwrap(logger, make))
                } catch (error: Throwable) {
                    future.completeExceptionally(error)
                }
            }
        }
        val number =
            try {
                natively { Deliveries.start(native, heard(request), deliver) }
            } catch (refused: Exception) {
                return CompletableFuture.failedFuture(refused)
            }
        future.whenComplete { _, _ -> Deliveries.abort(number) }
        return future
    }

    /** Waited for by a thread that is parked meanwhile: interrupted, it ends the call. */
    @Throws(InterruptedException::class)
    fun <S : Session> await(request: Request, make: MakeSession<S>): S {
        if (Thread.interrupted()) throw InterruptedException("the thread was interrupted before the call")
        val caller = Thread.currentThread()
        var outcome: Outcome? = null
        val gate = Gate()
        val number =
            natively {
                Deliveries.start(native, heard(request)) {
                    gate.outcome = it
                    LockSupport.unpark(caller)
                }
            }
        while (outcome == null) {
            if (Thread.interrupted()) {
                Deliveries.abort(number)
                throw InterruptedException("the call was interrupted")
            }
            LockSupport.park(this)
            outcome = gate.outcome
        }
        return outcome.unwrap(logger, make)
    }

    private class Gate {
        @Volatile
        var outcome: Outcome? = null
    }

    private fun heard(request: Request) = if (logger == null) request else request.copy(listens = true)

    fun close() {
        if (open.compareAndSet(true, false)) {
            native.finish()
            Deliveries.closed()
        }
    }

    fun state(): String = native.state()

    companion object {
        private val completions by lazy { ELSEWHERE.asExecutor() }

        operator fun invoke(options: ClientOptions, budget: RetryBudget? = null): BackgroundCalls =
            options.make { key, settings, logger ->
                BackgroundCalls(BackgroundClient(Deliveries.results, key, settings, budget), logger)
            }
    }
}
