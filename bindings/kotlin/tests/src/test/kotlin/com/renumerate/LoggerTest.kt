package com.renumerate

import ch.qos.logback.classic.LoggerContext
import ch.qos.logback.classic.encoder.PatternLayoutEncoder
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.OutputStreamAppender
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.slf4j.LoggerFactory
import org.slf4j.event.Level
import java.io.ByteArrayOutputStream
import java.time.Duration
import java.time.Instant
import java.util.Collections
import java.util.concurrent.ExecutionException

/** Tests of loggers. */
@SandboxTest
class LoggerTest {
    private val lines = Collections.synchronizedList(ArrayList<LogLine>())

    private fun options(sandbox: Sandbox) = sandbox.options().logger(lines::add).build()

    /** Calls of all clients. The customer is set by id. */
    private fun calls(sandbox: Sandbox): List<(String) -> Session> = listOf(
        { id -> runBlocking { Client(options(sandbox)).createRetentionSession(id, "john.doe@example.com") } },
        { id -> BlockingClient(options(sandbox)).createRetentionSession(id, "john.doe@example.com") },
        { id ->
            val future = AsyncClient(options(sandbox)).createRetentionSession {
                it.customerId(id).customerEmail("john.doe@example.com")
            }
            try {
                future.get()
            } catch (error: ExecutionException) {
                throw error.cause!!
            }
        },
    )

    // Rules: S18
    @Test
    fun `logger receives attempts and calls without secrets`(sandbox: Sandbox) {
        for (call in calls(sandbox)) {
            lines.clear()
            sandbox.reset()
            val before = Instant.now()
            val session = call("cus_unstable")
            val text = lines.joinToString("\n")
            val attempts = lines.filter { it.event == "attempt ended" }
            assertEquals(listOf(1L to 503L, 2L to 200L), attempts.map { it.fields["attempt"] to it.fields["status"] }, text)
            val end = lines.last()
            assertEquals(listOf("call succeeded", LogLevel.DEBUG, "success"), listOf(end.event, end.level, end.fields["outcome"]))
            assertTrue(end.fields["elapsed_ms"] as Long >= attempts.sumOf { it.fields["elapsed_ms"] as Long }, text)
            for (line in lines) {
                assertEquals(
                    listOf("retention", sandbox.url.removePrefix("http://")),
                    listOf(line.fields["endpoint"], line.fields["host"]),
                )
                assertEquals(end.fields["call_id"], line.fields["call_id"])
                val fields = line.fields.entries.joinToString("") { " ${it.key}=${it.value}" }
                assertEquals("renumerate: ${line.event}$fields", line.message)
            }
            // The lines arrive together after the call, with the times of their events.
            val retry = lines.single { it.event == "retrying request" }
            assertTrue(before <= retry.time.plusMillis(1), text)
            assertTrue(Duration.between(retry.time, attempts[1].time).toMillis() >= retry.fields["wait_ms"] as Long, text)
            for (secret in listOf(sandbox.privateKey, session.id, "john.doe")) assertFalse(secret in text, text)
        }
    }

    // Rules: S18
    @Test
    fun `failed call is logged once and its level depends on the error`(sandbox: Sandbox) {
        val cases =
            listOf(
                Triple("cus_not_found", LogLevel.INFO, mapOf("outcome" to "not_found", "status" to 404L, "attempt" to 1L)),
                Triple("", LogLevel.INFO, mapOf("outcome" to "validation", "attempt" to 0L)),
                Triple("cus_server_error", LogLevel.WARN, mapOf("outcome" to "server", "status" to 500L)),
            )
        for (call in calls(sandbox)) {
            for ((customer, level, fields) in cases) {
                lines.clear()
                assertThrows<RenumerateException> { call(customer) }
                val end = lines.single { it.level < LogLevel.DEBUG }
                assertEquals("call failed" to level, end.event to end.level)
                assertEquals(fields, end.fields.filterKeys { it in fields })
                assertEquals(lines.last(), end)
            }
        }
    }

    // Rules: S18, E13
    @Test
    fun `call of a closed client is logged`(sandbox: Sandbox) {
        val suspending = Client(options(sandbox)).apply { close() }
        val blocking = BlockingClient(options(sandbox)).apply { close() }
        assertThrows<ClosedException> { runBlocking { suspending.createRetentionSession("cus_1") } }
        assertThrows<ClosedException> { blocking.createRetentionSession("cus_1") }
        assertEquals(listOf("closed", "closed"), lines.map { it.fields["outcome"] })
    }

    // Rules: S18
    @Test
    fun `token that cannot be created is logged once`() {
        fun creations(publicKey: String?): List<(String) -> HandshakeToken> {
            val options = ClientOptions.builder().privateKey("sk_test_planted").publicKey(publicKey).logger(lines::add).build()
            return listOf(
                Client(options)::createHandshakeToken,
                BlockingClient(options)::createHandshakeToken,
                AsyncClient(options)::createHandshakeToken,
            )
        }
        for (create in creations(publicKey = "pk_test_planted")) create("cus_1")
        assertEquals(emptyList<LogLine>(), lines)
        for (create in creations(publicKey = null)) {
            lines.clear()
            assertThrows<ConfigurationException> { create("cus_1") }
            assertThrows<ValidationException> { create("") }
            assertEquals(listOf("token failed", "token failed"), lines.map { it.event })
            assertEquals(listOf(LogLevel.WARN, LogLevel.INFO), lines.map { it.level })
            val withoutKey = mapOf("outcome" to "configuration", "setting" to "public_key")
            assertEquals(listOf(withoutKey, mapOf("outcome" to "validation")), lines.map { it.fields })
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

    /** The README contains the loggers of this test, in Kotlin and in Java. */
    @Test
    fun `SLF4J event has the level, the message and the time of the line`(sandbox: Sandbox) {
        val context = LoggerFactory.getILoggerFactory() as LoggerContext
        val output = ByteArrayOutputStream()
        val layout = PatternLayoutEncoder()
        layout.context = context
        layout.pattern = "%level %kvp %msg%n"
        layout.start()
        val appender = OutputStreamAppender<ILoggingEvent>()
        appender.context = context
        appender.encoder = layout
        appender.outputStream = output
        appender.start()
        val log: org.slf4j.Logger = context.getLogger("renumerate").apply { addAppender(appender) }.apply { isAdditive = false }

        val logger = Logger { line ->
            log.atLevel(Level.valueOf(line.level.name)).addKeyValue("time", line.time).log(line.message)
        }
        BlockingClient(options(sandbox)).createRetentionSession(customerId = "cus_unstable")

        // By default, Logback prints no line of the level TRACE.
        val expected = lines.filter { it.level < LogLevel.TRACE }.map { """${it.level} time="${it.time}" ${it.message}""" }
        for (each in listOf(logger, JavaLogger.create(log))) {
            output.reset()
            lines.forEach(each::log)
            assertEquals(expected, output.toString().trim().lines(), "${context.statusManager.copyOfStatusList}")
        }
    }
}
