package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.seconds

/** Cancellation of a call closes its connection, which the server observes. */
@SandboxTest
class CancellationTest {
    // Rules: E12
    @Test
    fun `cancelled coroutine closes the connection`(sandbox: Sandbox) = runBlocking {
        val client = Client(sandbox.withStalledCustomer().longTimeouts().build())
        var failure: Throwable? = null
        val job =
            launch(Dispatchers.Default) {
                failure = runCatching { client.createRetentionSession(customerId = STALLED) }.exceptionOrNull()
            }
        sandbox.awaitStalled()
        job.cancel()
        sandbox.awaitClosed()
        job.join()
        assertTrue(failure is CancellationException, "$failure")
    }

    @Test
    fun `withTimeout closes the connection`(sandbox: Sandbox) {
        val client = Client(sandbox.withStalledCustomer().longTimeouts().build())
        assertThrows<TimeoutCancellationException> {
            runBlocking { withTimeout(2.seconds) { client.createSubscriptionSession(customerId = STALLED) } }
        }
        sandbox.awaitClosed()
    }

    @Test
    fun `failed scope closes the connections of its calls`(sandbox: Sandbox) {
        val client = Client(sandbox.withStalledCustomer().longTimeouts().build())
        assertThrows<IllegalStateException> {
            runBlocking(Dispatchers.Default) {
                coroutineScope {
                    repeat(2) { async { client.createRetentionSession(customerId = STALLED) } }
                    sandbox.awaitStalled(2)
                    error("failure in the scope")
                }
            }
        }
        sandbox.awaitClosed(2)
    }

    @Test
    fun `call in a cancelled coroutine sends no request`(sandbox: Sandbox, client: Client) {
        runBlocking {
            launch(Dispatchers.Default) {
                coroutineContext.job.cancel()
                client.createRetentionSession(customerId = "cus_1")
            }.join()
        }
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `calls cancelled at random times complete exactly once and do not affect later calls`(client: Client) =
        runBlocking(Dispatchers.Default) {
            val completions = AtomicInteger()
            List(1_000) {
                async {
                    try {
                        withTimeout(Random.nextInt(20_000).microseconds) { client.createRetentionSession(customerId = "cus_1") }
                    } catch (_: TimeoutCancellationException) {
                        // The timeout may be shorter than the call.
                    } finally {
                        completions.incrementAndGet()
                    }
                }
            }.awaitAll()
            assertEquals(1_000, completions.get())
            assertTrue(client.createRetentionSession(customerId = "cus_1").id.startsWith("ret_"))
        }

    @Test
    fun `cancelled future closes the connection`(sandbox: Sandbox) {
        val client = AsyncClient(sandbox.withStalledCustomer().longTimeouts().build())
        val future = client.createRetentionSession { it.customerId(STALLED) }
        sandbox.awaitStalled()
        assertTrue(future.cancel(true))
        sandbox.awaitClosed()
        assertThrows<CancellationException> { future.join() }
    }

    @Test
    fun `future completed by orTimeout closes the connection`(sandbox: Sandbox) {
        val client = AsyncClient(sandbox.withStalledCustomer().longTimeouts().build())
        val future = client.createRetentionSession { it.customerId(STALLED) }
        val error = assertThrows<ExecutionException> { future.orTimeout(1, TimeUnit.SECONDS).get() }
        assertTrue(error.cause is TimeoutException, "${error.cause}")
        sandbox.awaitClosed()
    }

    @Test
    fun `future completes with the exception of the call`(client: AsyncClient) {
        val failure = CompletableFuture<Throwable>()
        client.createRetentionSession { it.customerId("cus_not_found") }.whenComplete { _, error -> failure.complete(error) }
        assertTrue(failure.get() is NotFoundException)
        val rejected = client.createRetentionSession {}
        assertTrue(rejected.isCompletedExceptionally)
        assertTrue(assertThrows<ExecutionException> { rejected.get() }.cause is ValidationException)
    }

    @Test
    fun `interrupt throws InterruptedException and closes the connection`(sandbox: Sandbox) {
        val client = BlockingClient(sandbox.withStalledCustomer().longTimeouts().build())
        val outcome = CompletableFuture<Pair<Throwable?, Boolean>>()
        val thread =
            Thread {
                val error = runCatching { client.createRetentionSession(customerId = STALLED) }.exceptionOrNull()
                outcome.complete(error to Thread.currentThread().isInterrupted)
            }
        thread.start()
        sandbox.awaitStalled()
        thread.interrupt()
        val (error, stillInterrupted) = outcome.get()
        assertTrue(error is InterruptedException, "$error")
        assertFalse(stillInterrupted, "the interrupt status is still set")
        sandbox.awaitClosed()
        assertTrue(client.createRetentionSession(customerId = "cus_1").id.startsWith("ret_"))
    }

    @Test
    fun `call in an interrupted thread sends no request`(sandbox: Sandbox, client: BlockingClient) {
        Thread.currentThread().interrupt()
        assertThrows<InterruptedException> { client.createRetentionSession(customerId = "cus_1") }
        assertFalse(Thread.currentThread().isInterrupted)
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `threads interrupted at random times get an InterruptedException`(sandbox: Sandbox) {
        val client = BlockingClient(sandbox.withStalledCustomer().longTimeouts().build())
        val completions = AtomicInteger()
        val threads =
            List(200) {
                Thread {
                    runCatching { client.createRetentionSession(customerId = STALLED) }
                        .onFailure { if (it is InterruptedException) completions.incrementAndGet() }
                }.apply { start() }
            }
        for (thread in threads) {
            Thread.sleep(0, Random.nextInt(500_000))
            thread.interrupt()
        }
        threads.forEach { it.join() }
        assertEquals(200, completions.get())
    }

    @Test
    fun `scope cancelled while calls start completes`(sandbox: Sandbox) {
        val client = Client(sandbox.withStalledCustomer().longTimeouts().build())
        repeat(50) {
            val scope = CoroutineScope(Dispatchers.Default)
            val jobs = List(8) { scope.launch { client.createRetentionSession(customerId = STALLED) } }
            Thread.sleep(0, Random.nextInt(999_999))
            scope.cancel()
            runBlocking { jobs.forEach { it.join() } }
        }
        waitUntil("all connections are closed") { sandbox.requests().all { it.closed } }
    }
}
