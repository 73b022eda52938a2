package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.time.Duration
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executor
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration.Companion.milliseconds

/** Application code that never returns must not affect other calls and their timeouts. */
@SandboxTest
@Timeout(60)
class ApplicationCodeTest {
    private val blocked = CountDownLatch(1)
    private val forever = CountDownLatch(1)
    private val inlineDispatcher = Executor { it.run() }.asCoroutineDispatcher()

    private fun blockForever() {
        blocked.countDown()
        forever.await()
    }

    /** Makes a call with each client, and one that times out. */
    private fun checkOtherCalls(sandbox: Sandbox) {
        assertTrue(blocked.await(30, TimeUnit.SECONDS), "the application code runs")
        sandbox.withStalledCustomer()
        val options = sandbox.options().build()
        Client(options).use { client ->
            for (dispatcher in listOf(Dispatchers.Default, Dispatchers.Unconfined, inlineDispatcher)) {
                runBlocking(dispatcher) { client.createRetentionSession(customerId = "cus_1") }
            }
            assertThrows<RequestTimeoutException> {
                runBlocking { client.createRetentionSession(customerId = STALLED, timeout = 50.milliseconds) }
            }
        }
        AsyncClient(options).use { client ->
            client.createRetentionSession { it.customerId("cus_1") }.get(30, TimeUnit.SECONDS)
            val stalled = client.createRetentionSession { it.customerId(STALLED).timeout(Duration.ofMillis(50)) }
            val error = assertThrows<ExecutionException> { stalled.get(30, TimeUnit.SECONDS) }
            assertTrue(error.cause is RequestTimeoutException, "$error")
        }
        BlockingClient(options).use { client ->
            client.createRetentionSession(customerId = "cus_1")
            assertThrows<RequestTimeoutException> {
                client.createRetentionSession(customerId = STALLED, timeout = 50.milliseconds)
            }
        }
        forever.countDown()
    }

    @Test
    fun `coroutine may block an inline dispatcher`(sandbox: Sandbox, client: Client) {
        // In a new thread: if the call does not suspend, the code continues in the calling thread.
        thread {
            CoroutineScope(inlineDispatcher).launch {
                client.createRetentionSession(customerId = "cus_1")
                blockForever()
            }
        }
        checkOtherCalls(sandbox)
    }

    @Test
    @OptIn(ExperimentalCoroutinesApi::class) // for `UNDISPATCHED`
    fun `coroutine may block the thread that a saturated pool runs it on`(sandbox: Sandbox, client: Client) {
        val pool = ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, ArrayBlockingQueue(1), ThreadPoolExecutor.CallerRunsPolicy())
        repeat(2) { pool.execute { forever.await() } }
        thread {
            CoroutineScope(pool.asCoroutineDispatcher()).launch(start = CoroutineStart.UNDISPATCHED) {
                client.createRetentionSession(customerId = "cus_1")
                blockForever()
            }
        }
        checkOtherCalls(sandbox)
        pool.shutdown()
    }

    @Test
    fun `stage of a future may block`(sandbox: Sandbox, client: AsyncClient) {
        // In a new thread: a stage of a completed future runs in the calling thread.
        thread { client.createRetentionSession { it.customerId("cus_1") }.thenRun(::blockForever) }
        checkOtherCalls(sandbox)
    }

    @ParameterizedTest
    @ValueSource(strings = ["suspend", "blocking", "future"])
    fun `logger may block`(kind: String, sandbox: Sandbox) {
        val options = sandbox.options().logger { blockForever() }.build()
        thread {
            when (kind) {
                "suspend" -> runBlocking(Dispatchers.Unconfined) { Client(options).createRetentionSession(customerId = "cus_1") }
                "blocking" -> BlockingClient(options).createRetentionSession(customerId = "cus_1")
                else -> AsyncClient(options).createRetentionSession { it.customerId("cus_1") }
            }
        }
        checkOtherCalls(sandbox)
    }

    @Test
    fun `all threads for callbacks may be blocked while a coroutine waits in its own dispatcher`(sandbox: Sandbox) {
        val allBlocked = CountDownLatch(1_000)
        val options = sandbox.options().logger {
            allBlocked.countDown()
            forever.await()
        }
        val client = AsyncClient(options.build())
        repeat(1_000) { client.createRetentionSession { it.customerId("cus_1") } }
        assertTrue(allBlocked.await(50, TimeUnit.SECONDS), "${allBlocked.count} are missing")
        Thread.sleep(100) // polling ends 10 ms after the last call, and must start again
        runBlocking(Dispatchers.Default) { Client(sandbox.options().build()).createRetentionSession(customerId = "cus_1") }
        forever.countDown()
    }

    @Test
    fun `no application code runs on the library's thread`(sandbox: Sandbox) {
        val threads = ConcurrentHashMap.newKeySet<String>()

        fun record() = threads.add(Thread.currentThread().name)
        val dispatcher = object : CoroutineDispatcher() {
            override fun isDispatchNeeded(context: CoroutineContext) = record().let { true }

            override fun dispatch(context: CoroutineContext, block: Runnable) {
                record()
                block.run()
            }
        }
        sandbox.withStalledCustomer()
        val options = sandbox.longTimeouts().logger { record() }.build()
        val client = Client(options)
        for (context in listOf(dispatcher, Dispatchers.Unconfined, Dispatchers.Default)) {
            runBlocking(context) {
                client.createRetentionSession(customerId = "cus_1")
                record()
                runCatching { client.createRetentionSession(customerId = "cus_not_found") }
                record()
                val stalled = launch { client.createRetentionSession(customerId = STALLED) }
                stalled.invokeOnCompletion { record() }
                stalled.cancelAndJoin()
            }
        }
        val async = AsyncClient(options)
        val futures = listOf("cus_1", "cus_not_found", STALLED).map { customer ->
            async.createRetentionSession { it.customerId(customer) }.whenComplete { _, _ -> record() }
        }
        CompletableFuture.allOf(futures[0], futures[1].exceptionally { null }).join()
        futures[2].cancel(true)
        assertTrue(threads.isNotEmpty())
        assertEquals(emptyList<String>(), threads.filter { it == "renumerate" })
    }
}
