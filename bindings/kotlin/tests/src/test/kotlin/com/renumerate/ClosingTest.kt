package com.renumerate

import com.renumerate.docs.environment
import com.renumerate.programs.runProgram
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

/** Tests of closed clients. */
@SandboxTest
class ClosingTest {
    // Rules: E13
    @Test
    fun `closed client throws ClosedException`(client: Client, blocking: BlockingClient, async: AsyncClient) {
        listOf(client, blocking, async).forEach { it.close() }
        listOf(client, blocking, async).forEach { it.close() } // repeated calls have no effect
        val errors =
            listOf(
                assertThrows<ClosedException> { runBlocking { client.createRetentionSession(customerId = "cus_1") } },
                assertThrows<ClosedException> { blocking.createRetentionSession(customerId = "cus_1") },
                assertThrows<ExecutionException> { async.createRetentionSession { it.customerId("cus_1") }.get() }.cause,
                assertThrows<ClosedException> { client.createHandshakeToken("cus_1") },
                assertThrows<ClosedException> { blocking.createHandshakeToken("cus_1") },
                assertThrows<ClosedException> { async.createHandshakeToken("cus_1") },
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
    fun `pending call completes after close`(sandbox: Sandbox) {
        sandbox.script("cus_1", ScriptedAnswer.mint().delay(Duration.ofSeconds(1)))
        val client = sandbox.asyncClient()
        val future = client.createRetentionSession { it.customerId("cus_1") }
        waitUntil("the request was received") { sandbox.requests().isNotEmpty() }
        client.close()
        assertTrue(future.get().id.startsWith("ret_"))
    }

    @Test
    fun `close closes the connections`(sandbox: Sandbox) {
        sandbox.client().use { client -> runBlocking { client.createRetentionSession(customerId = "cus_1") } }
        sandbox.blockingClient().use { it.createRetentionSession(customerId = "cus_1") }
        waitUntil("both are closed") { sandbox.requests().let { it.size == 2 && it.all { request -> request.closed } } }
    }

    @Test
    fun `close releases all descriptors and threads`(sandbox: Sandbox) {
        sandbox.script("cus_slow", ScriptedAnswer.mint().delay(Duration.ofMillis(300)))
        val result = runProgram("CloseClients", environment = sandbox.environment())
        val expected = listOf("blocking", "suspend", "future", "closed before the response").map { "$it: []" }
        assertEquals(expected, result.output.trim().lines())
    }

    @Test
    fun `garbage collection of a client closes its connections`(sandbox: Sandbox) {
        fun callWithNewClient() = sandbox.blockingClient().createRetentionSession(customerId = "cus_1")
        callWithNewClient()
        waitUntil("the connection is closed") {
            System.gc()
            sandbox.requests().single().closed
        }
    }
}
