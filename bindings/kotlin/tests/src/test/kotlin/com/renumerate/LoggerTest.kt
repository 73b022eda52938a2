package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.Collections

/** Tests of loggers. */
@SandboxTest
class LoggerTest {
    // Rules: S18
    @Test
    fun `logger receives each attempt without secrets`(sandbox: Sandbox) {
        val lines = Collections.synchronizedList(ArrayList<LogLine>())
        val options = sandbox.options().logger(lines::add).build()
        val calls =
            listOf<() -> Session>(
                {
                    runBlocking {
                        Client(
                            options,
                        ).createRetentionSession(customerId = "cus_unstable", customerEmail = "john.doe@example.com")
                    }
                },
                {
                    BlockingClient(
                        options,
                    ).createRetentionSession(customerId = "cus_unstable", customerEmail = "john.doe@example.com")
                },
                {
                    AsyncClient(options).createRetentionSession {
                        it.customerId("cus_unstable").customerEmail("john.doe@example.com")
                    }.get()
                },
            )
        for (call in calls) {
            lines.clear()
            sandbox.reset()
            val session = call()
            val text = lines.joinToString("\n")
            assertTrue("status=503" in text && "status=200" in text, text)
            assertTrue(
                lines.any {
                    it.level == LogLevel.DEBUG
                } && lines.zipWithNext().all { (one, next) -> one.time <= next.time },
                text,
            )
            for (secret in listOf(sandbox.privateKey, session.id, "john.doe")) assertFalse(secret in text, text)
        }
    }

    @Test
    fun `logger may throw and call the client`(sandbox: Sandbox) {
        lateinit var client: BlockingClient
        var nested = false
        val logger =
            Logger {
                if (!nested) {
                    nested = true
                    client.createRetentionSession(customerId = "cus_1")
                }
                throw AssertionError("error of the logger")
            }
        client = BlockingClient(sandbox.options().logger(logger).build())
        assertTrue(client.createRetentionSession(customerId = "cus_2").id.startsWith("ret_"))
        assertThrows<NotFoundException> { client.createRetentionSession(customerId = "cus_not_found") }
        assertTrue(nested)
    }

    @Test
    fun `logger runs on the thread that receives the result`(sandbox: Sandbox) {
        val threads = HashSet<String>()
        val client = Client(sandbox.options().logger { threads += Thread.currentThread().name }.build())
        runBlocking(CoroutineName("one")) { client.createRetentionSession(customerId = "cus_1") }
        assertEquals(setOf(Thread.currentThread().name.substringBefore(" @")), threads.map { it.substringBefore(" @") }.toSet())
    }
}
