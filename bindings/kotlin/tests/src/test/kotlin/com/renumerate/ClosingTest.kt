package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration
import java.util.concurrent.ExecutionException

/** What a client does after its end. */
@SandboxTest
class ClosingTest {
    // Rules: E13
    @Test
    fun `a closed client says so`(client: Client, blocking: BlockingClient, async: AsyncClient) {
        listOf(client, blocking, async).forEach { it.close() }
        listOf(client, blocking, async).forEach { it.close() } // once more does no harm
        val errors =
            listOf(
                assertThrows<ClosedException> { runBlocking { client.createRetentionSession(customerId = "cus_1") } },
                assertThrows<ClosedException> { blocking.createRetentionSession(customerId = "cus_1") },
                assertThrows<ExecutionException> { async.createRetentionSession { it.customerId("cus_1") }.get() }.cause,
            )
        for (error in errors) {
            assertTrue(error is ClosedException && "the client is closed" in error.message.orEmpty(), "$error")
            assertEquals("closed", (error as RenumerateException).code)
            assertTrue(!error.retryable && error.attempts.isEmpty(), "$error")
        }
        assertEquals(
            listOf("Client(closed)", "BlockingClient(closed)", "AsyncClient(closed)"),
            listOf(client, blocking, async).map {
                "$it"
            },
        )
    }

    @Test
    fun `a call that is under way ends well`(sandbox: Sandbox) {
        sandbox.script("cus_1", ScriptedAnswer.mint().delay(Duration.ofSeconds(1)))
        val client = sandbox.asyncClient()
        val future = client.createRetentionSession { it.customerId("cus_1") }
        waitUntil("its request has come") { sandbox.requests().isNotEmpty() }
        client.close()
        assertTrue(future.get().id.startsWith("ret_"))
    }

    @Test
    fun `closing lets the connections go`(sandbox: Sandbox) {
        sandbox.client().use { client -> runBlocking { client.createRetentionSession(customerId = "cus_1") } }
        sandbox.blockingClient().use { it.createRetentionSession(customerId = "cus_1") }
        waitUntil("both are closed") { sandbox.requests().let { it.size == 2 && it.all { request -> request.closed } } }
    }

    @Test
    fun `a client that is forgotten lets its connections go`(sandbox: Sandbox) {
        fun forgotten() = sandbox.blockingClient().createRetentionSession(customerId = "cus_1")
        forgotten()
        waitUntil("its connection is closed") {
            System.gc()
            sandbox.requests().single().closed
        }
    }
}
