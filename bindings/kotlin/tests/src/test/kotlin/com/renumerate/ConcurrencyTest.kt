package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/** Concurrent use of a client. */
@SandboxTest
class ConcurrencyTest {
    @Test
    fun `concurrent coroutines get different sessions`(sandbox: Sandbox, client: Client) = runBlocking(Dispatchers.Default) {
        val sessions = List(1_000) { async { client.createRetentionSession(customerId = "cus_$it") } }.awaitAll()
        assertEquals(1_000, sessions.map { it.id }.toSet().size)
        val customers = sessions.withIndex().filter { it.index % 100 == 0 }
        for ((number, session) in customers) assertEquals("cus_$number", sandbox.session(session.id).customerId)
        assertEquals(1_000, sandbox.requests().size)
    }

    @Test
    fun `threads open at most one connection each`(sandbox: Sandbox, client: BlockingClient) {
        val pool = Executors.newFixedThreadPool(16)
        val calls = List(320) { Callable { client.createSubscriptionSession(customerId = "cus_$it").id } }
        val ids = pool.invokeAll(calls).map { it.get() }
        pool.shutdown()
        assertEquals(320, ids.toSet().size)
        assertTrue(sandbox.requests().map { it.connection }.toSet().size <= 16, "at most one connection per thread")
    }

    @Test
    fun `short-lived threads share a connection`(sandbox: Sandbox, client: BlockingClient) {
        repeat(20) { Thread { client.createRetentionSession(customerId = "cus_1") }.apply { start() }.join() }
        assertEquals(1, sandbox.requests().map { it.connection }.toSet().size)
    }

    @Test
    fun `clients of all kinds work concurrently`(client: Client, blocking: BlockingClient, async: AsyncClient) {
        val futures = List(50) { async.createRetentionSession { it.customerId("cus_1") } }
        val blockingIds = List(50) { blocking.createRetentionSession(customerId = "cus_1").id }
        val suspendIds = runBlocking { List(50) { client.createRetentionSession(customerId = "cus_1").id } }
        assertEquals(150, (futures.map { it.get().id } + blockingIds + suspendIds).toSet().size)
    }

    @Test
    fun `blocked continuation without dispatcher does not delay other calls`(client: Client) {
        val (blocked, release) = CountDownLatch(1) to CountDownLatch(1)
        val done = CountDownLatch(2)
        val blocking: suspend () -> Unit = {
            client.createRetentionSession(customerId = "cus_1")
            blocked.countDown()
            release.await()
        }
        // In a new thread: if the call does not suspend, the code continues in the calling thread.
        thread { blocking.startCoroutine(Continuation(EmptyCoroutineContext) { done.countDown() }) }
        blocked.await()
        runBlocking(Dispatchers.Unconfined) {
            launch {
                client.createRetentionSession(customerId = "cus_1")
                client.createRetentionSession(customerId = "cus_2")
                done.countDown()
            }
        }
        release.countDown()
        assertTrue(done.await(60, TimeUnit.SECONDS))
    }

    @Test
    fun `blocked stage of a future does not delay other calls`(client: AsyncClient) {
        val (blocked, release) = CountDownLatch(1) to CountDownLatch(1)
        // In a new thread: a stage of a completed future runs in the calling thread.
        thread {
            client.createRetentionSession { it.customerId("cus_1") }.thenRun {
                blocked.countDown()
                release.await()
            }
        }
        blocked.await()
        client.createRetentionSession { it.customerId("cus_2") }.get(60, TimeUnit.SECONDS)
        release.countDown()
    }

    @Test
    fun `shut down dispatcher does not affect other calls`(sandbox: Sandbox) {
        val client = Client(sandbox.withStalledCustomer().longTimeouts().build())
        val executor = Executors.newSingleThreadExecutor()
        CoroutineScope(executor.asCoroutineDispatcher()).launch { client.createRetentionSession(customerId = "cus_slow") }
        waitUntil("the request was received") { sandbox.requests().any { "cus_slow" in it.body } }
        executor.shutdownNow()
        runBlocking { repeat(20) { client.createRetentionSession(customerId = "cus_1") } }
        waitUntil("the response was sent") { sandbox.requests().none { it.status == 0 } }
        assertTrue(runBlocking { client.createRetentionSession(customerId = "cus_1") }.id.startsWith("ret_"))
    }

    @Test
    fun `calls rejected on many threads do not affect later calls`(client: AsyncClient, blocking: BlockingClient) {
        val rejected = AtomicInteger()
        val threads =
            List(200) {
                thread {
                    repeat(200) {
                        try {
                            client.createRetentionSession { it.customerEmail("no address") }.get()
                        } catch (error: ExecutionException) {
                            if ("customerEmail" in error.cause?.message.orEmpty()) rejected.incrementAndGet()
                        }
                    }
                }
            }
        threads.forEach { it.join() }
        assertEquals(40_000, rejected.get())
        assertTrue(blocking.createRetentionSession(customerId = "cus_1").id.startsWith("ret_"))
    }

    @Test
    fun `stack overflow in a call does not affect other calls`(client: AsyncClient) {
        fun recurse(): Int = try {
            recurse() + 1
        } catch (_: StackOverflowError) {
            runCatching { client.createRetentionSession { it.customerId("cus_1") } }
            1
        }
        repeat(100) {
            thread { recurse() }.join()
            client.createRetentionSession { it.customerId("cus_2") }.get(60, TimeUnit.SECONDS)
        }
    }

    @Test
    fun `continuation may block with a dispatcher that does not dispatch`(sandbox: Sandbox, client: Client) {
        sandbox.script("cus_1", ScriptedAnswer.mint().delay(Duration.ofMillis(200)))
        val inline =
            object : CoroutineDispatcher() {
                override fun isDispatchNeeded(context: CoroutineContext) = false

                override fun dispatch(context: CoroutineContext, block: Runnable) = block.run()
            }
        val nested = CompletableFuture<Session>()
        CoroutineScope(inline).launch {
            client.createRetentionSession(customerId = "cus_1")
            nested.complete(runBlocking { client.createRetentionSession(customerId = "cus_2") })
        }
        assertTrue(nested.get(60, TimeUnit.SECONDS).id.startsWith("ret_"))
    }

    @Test
    fun `all threads of the default dispatcher may block on a call`(client: Client) = runBlocking {
        val calls =
            List(2 * Runtime.getRuntime().availableProcessors()) {
                async(Dispatchers.Default) {
                    runBlocking(Dispatchers.Unconfined) { client.createRetentionSession(customerId = "cus_1") }
                }
            }
        assertEquals(calls.size, calls.awaitAll().toSet().size)
    }

    @Test
    fun `stages of futures may block on calls`(client: AsyncClient) {
        val stages =
            List(200) {
                client.createRetentionSession { it.customerId("cus_1") }.thenApply { _ ->
                    client.createSubscriptionSession { it.customerId("cus_1") }.join()
                }
            }
        assertEquals(200, stages.map { it.get(100, TimeUnit.SECONDS).id }.toSet().size)
    }
}
