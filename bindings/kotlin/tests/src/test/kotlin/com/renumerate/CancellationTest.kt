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

/** Whoever no longer waits ends the request, as the server sees: its connection closes. */
@SandboxTest
class CancellationTest {
    // Rules: E12
    @Test
    fun `a cancelled coroutine closes the connection`(sandbox: Sandbox) = runBlocking {
        val client = Client(sandbox.withOneThatStalls().patient().build())
        var met: Throwable? = null
        val job =
            launch(Dispatchers.Default) {
                met = runCatching { client.createRetentionSession(customerId = NEVER) }.exceptionOrNull()
            }
        sandbox.awaitStalled()
        job.cancel()
        sandbox.awaitClosed()
        job.join()
        assertTrue(met is CancellationException, "$met")
    }

    @Test
    fun `withTimeout closes the connection`(sandbox: Sandbox) {
        val client = Client(sandbox.withOneThatStalls().patient().build())
        assertThrows<TimeoutCancellationException> {
            runBlocking { withTimeout(2.seconds) { client.createSubscriptionSession(customerId = NEVER) } }
        }
        sandbox.awaitClosed()
    }

    @Test
    fun `a scope that fails closes the connections of its calls`(sandbox: Sandbox) {
        val client = Client(sandbox.withOneThatStalls().patient().build())
        assertThrows<IllegalStateException> {
            runBlocking(Dispatchers.Default) {
                coroutineScope {
                    repeat(2) { async { client.createRetentionSession(customerId = NEVER) } }
                    sandbox.awaitStalled(2)
                    error("something else")
                }
            }
        }
        sandbox.awaitClosed(2)
    }

    @Test
    fun `a coroutine that has been cancelled sends nothing`(sandbox: Sandbox, client: Client) {
        runBlocking {
            launch(Dispatchers.Default) {
                coroutineContext.job.cancel()
                client.createRetentionSession(customerId = "cus_1")
            }.join()
        }
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `calls cancelled at any moment end once, and leave the client as it was`(client: Client) =
        runBlocking(Dispatchers.Default) {
            val ends = AtomicInteger()
            List(1_000) {
                async {
                    try {
                        withTimeout(Random.nextInt(20_000).microseconds) { client.createRetentionSession(customerId = "cus_1") }
                    } catch (_: TimeoutCancellationException) {
                        // It was too early.
                    } finally {
                        ends.incrementAndGet()
                    }
                }
            }.awaitAll()
            assertEquals(1_000, ends.get())
            assertTrue(client.createRetentionSession(customerId = "cus_1").id.startsWith("ret_"))
        }

    @Test
    fun `a cancelled future closes the connection`(sandbox: Sandbox) {
        val client = AsyncClient(sandbox.withOneThatStalls().patient().build())
        val future = client.createRetentionSession { it.customerId(NEVER) }
        sandbox.awaitStalled()
        assertTrue(future.cancel(true))
        sandbox.awaitClosed()
        assertThrows<CancellationException> { future.join() }
    }

    @Test
    fun `a future that is given up in another way closes the connection`(sandbox: Sandbox) {
        val client = AsyncClient(sandbox.withOneThatStalls().patient().build())
        val future = client.createRetentionSession { it.customerId(NEVER) }
        val error = assertThrows<ExecutionException> { future.orTimeout(1, TimeUnit.SECONDS).get() }
        assertTrue(error.cause is TimeoutException, "${error.cause}")
        sandbox.awaitClosed()
    }

    @Test
    fun `a future fails with the exception itself`(client: AsyncClient) {
        val failure = CompletableFuture<Throwable>()
        client.createRetentionSession { it.customerId("cus_not_found") }.whenComplete { _, error -> failure.complete(error) }
        assertTrue(failure.get() is NotFoundException)
        val refused = client.createRetentionSession {}
        assertTrue(refused.isCompletedExceptionally)
        assertTrue(assertThrows<ExecutionException> { refused.get() }.cause is ValidationException)
    }

    @Test
    fun `an interrupted thread gets an InterruptedException at once, and the connection closes`(sandbox: Sandbox) {
        val client = BlockingClient(sandbox.withOneThatStalls().patient().build())
        val met = CompletableFuture<Pair<Throwable?, Boolean>>()
        val thread =
            Thread {
                val error = runCatching { client.createRetentionSession(customerId = NEVER) }.exceptionOrNull()
                met.complete(error to Thread.currentThread().isInterrupted)
            }
        thread.start()
        sandbox.awaitStalled()
        thread.interrupt()
        val (error, stillInterrupted) = met.get()
        assertTrue(error is InterruptedException, "$error")
        assertFalse(stillInterrupted, "the exception tells it, as everywhere")
        sandbox.awaitClosed()
        // And the thread's next call is as any other.
        assertTrue(client.createRetentionSession(customerId = "cus_1").id.startsWith("ret_"))
    }

    @Test
    fun `a thread that was interrupted before sends nothing`(sandbox: Sandbox, client: BlockingClient) {
        Thread.currentThread().interrupt()
        assertThrows<InterruptedException> { client.createRetentionSession(customerId = "cus_1") }
        assertFalse(Thread.currentThread().isInterrupted)
        assertEquals(0, sandbox.requests().size)
    }

    @Test
    fun `threads interrupted at any moment end at once`(sandbox: Sandbox) {
        val client = BlockingClient(sandbox.withOneThatStalls().patient().build())
        val ends = AtomicInteger()
        val threads =
            List(200) {
                Thread {
                    runCatching { client.createRetentionSession(customerId = NEVER) }
                        .onFailure { if (it is InterruptedException) ends.incrementAndGet() }
                }.apply { start() }
            }
        for (thread in threads) {
            Thread.sleep(0, Random.nextInt(500_000))
            thread.interrupt()
        }
        threads.forEach { it.join() }
        assertEquals(200, ends.get())
    }

    @Test
    fun `a scope that is cancelled while calls begin hangs on none of them`(sandbox: Sandbox) {
        val client = Client(sandbox.withOneThatStalls().patient().build())
        repeat(50) {
            val scope = CoroutineScope(Dispatchers.Default)
            val jobs = List(8) { scope.launch { client.createRetentionSession(customerId = NEVER) } }
            Thread.sleep(0, Random.nextInt(999_999))
            scope.cancel()
            runBlocking { jobs.forEach { it.join() } }
        }
        waitUntil("all connections are closed") { sandbox.requests().all { it.closed } }
    }
}
