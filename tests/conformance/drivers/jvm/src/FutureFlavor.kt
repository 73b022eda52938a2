package com.renumerate.conformance

import com.renumerate.AsyncClient
import com.renumerate.RetentionSessionRequest
import com.renumerate.Session
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.Semaphore
import java.util.concurrent.atomic.AtomicInteger

/** `AsyncClient`, whose calls return futures. */
object FutureFlavor : ClientFlavor {
    private val inProgress = AtomicInteger()

    override fun open(options: Map<String, Any?>, log: Boolean): ClientFlavor.OpenClient =
        Opened(AsyncClient(optionsByName(options, log)))

    override fun tasks(): Int = inProgress.get()

    private class Opened(private val client: AsyncClient) : ClientFlavor.OpenClient {
        override fun client() = client

        override fun call(subscription: Boolean, parameters: Map<String, Any?>, options: Map<String, Any?>): Session {
            val future =
                if (subscription) {
                    client.createSubscriptionSession { request ->
                        parameters.forEach(request::parameter)
                        options.forEach(request::option)
                    }
                } else {
                    client.createRetentionSession { request ->
                        parameters.forEach(request::parameter)
                        options.forEach(request::option)
                    }
                }
            return try {
                future.get()
            } catch (error: ExecutionException) {
                throw error.cause ?: error
            }
        }

        override fun token(customerId: String) = client.createHandshakeToken(customerId)

        override fun calls(count: Int, concurrency: Int, tally: Tally) = start(count, concurrency, tally) {}

        override fun cancel(count: Int, concurrency: Int, times: RandomTimes, tally: Tally) =
            start(count, concurrency, tally) { future ->
                val cancelling = times.schedule { future.cancel(false) }
                future.whenComplete { _, _ -> cancelling.cancel(false) }
            }

        /** Starts calls, this many at a time, and waits for all of them. */
        private fun start(count: Int, concurrency: Int, tally: Tally, started: (CompletableFuture<*>) -> Unit) {
            val permits = Semaphore(concurrency)
            repeat(count) { number ->
                permits.acquire()
                inProgress.incrementAndGet()
                val future =
                    client.createRetentionSession { request: RetentionSessionRequest.Builder ->
                        request.customerId("cus_$number")
                    }
                future.whenComplete { session, error ->
                    when (error) {
                        null -> tally.session(session)
                        is CancellationException -> tally.cancelled()
                        else -> tally.error(error)
                    }
                    inProgress.decrementAndGet()
                    permits.release()
                }
                started(future)
            }
            permits.acquire(concurrency)
        }

        override fun close() = client.close()
    }
}
