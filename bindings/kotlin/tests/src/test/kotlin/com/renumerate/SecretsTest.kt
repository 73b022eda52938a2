package com.renumerate

import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.SerializationFeature
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream

/** Tests that keys and session ids are masked in printed and serialized values. */
class SecretsTest {
    private val canaryKey = "sk_sandbox_planted9f3a"
    private val jackson = ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)

    /** Returns all representations of a value. */
    private fun representations(value: Any): String = listOf(
        value.toString(),
        runCatching { jackson.writeValueAsString(value) }.getOrElse { it.stackTraceToString() },
        fields(value),
        if (value is Throwable) value.stackTraceToString() else "",
    ).joinToString("\n")

    /** Returns all fields that are not transient, as a debugger or a reflective printer shows them. */
    private fun fields(value: Any): String = generateSequence<Class<*>>(value.javaClass) { it.superclass }
        .takeWhile { it.name.startsWith("com.renumerate") }
        .flatMap { it.declaredFields.asSequence() }
        .filterNot { java.lang.reflect.Modifier.isTransient(it.modifiers) }
        .joinToString { "${it.name}=${it.apply { isAccessible = true }.get(value)}" }

    // Rules: X1
    @Test
    fun `key is masked in all printed and serialized values`() = Sandbox.start(privateKey = canaryKey).use { sandbox ->
        sandbox.script("cus_echo", ScriptedAnswer.status(400).body("""{"error":"bad key $canaryKey"}"""))
        val lines = ArrayList<LogLine>()
        val builder = ClientOptions.builder().privateKey(canaryKey).baseUrl(sandbox.url).logger(lines::add)
        val values = ArrayList<Any>(listOf(builder, builder.build()))
        val (client, blocking, async) = Triple(
            Client(builder.build()),
            BlockingClient(builder.build()),
            AsyncClient(builder.build()),
        )
        values.addAll(listOf(client, blocking, async))
        values += blocking.createRetentionSession(customerId = "cus_1")
        values += runBlocking { client.createSubscriptionSession(customerId = "cus_1") }
        values += async.createRetentionSession { it.customerId("cus_1") }.join()
        for (customer in listOf("cus_echo", "cus_not_found", "")) {
            values += assertThrows<RenumerateException> { blocking.createRetentionSession(customerId = customer) }
            values +=
                assertThrows<RenumerateException> { runBlocking { client.createRetentionSession(customerId = customer) } }
        }
        values += assertThrows<ConfigurationException> { Client(privateKey = "$canaryKey with space") }
        values +=
            assertThrows<ConfigurationException> {
                BlockingClient(ClientOptions.builder().option("privateKy", canaryKey).build())
            }
        assertTrue(lines.size >= 8, "$lines")
        val text = (values + lines).joinToString("\n", transform = ::representations)
        assertFalse("planted" in text, text)
        assertTrue("bad key" in text, "the response with the key is missing")
    }

    // Rules: X2, S18
    @Test
    fun `toString of a session masks the id`() = Sandbox.start().use { sandbox ->
        val session = sandbox.blockingClient().createRetentionSession(
            customerId = "cus_1",
            customerEmail = "john.doe@example.com",
        )
        assertTrue(session.id.startsWith("ret_") && session.id.length > 64)
        val printed = "$session ${listOf(session)} ${mapOf(1 to session)}"
        assertFalse(session.id.drop(4) in printed, printed)
        assertTrue("RetentionSession(id=ret_…, url=" in printed, printed)
        val hub = sandbox.blockingClient().createSubscriptionSession(customerId = "cus_1")
        assertTrue("$hub".startsWith("SubscriptionSession(id=sub_…, url="), "$hub")
        assertEquals(session, RetentionSession(session.id, session.url, session.requestId))
        assertFalse(session.equals(SubscriptionSession(session.id, session.url, session.requestId)))
    }

    @Test
    fun `toString masks ids and URLs of any format`() {
        assertEquals("RetentionSession(id=…)", "${RetentionSession("")}")
        assertFalse("secret" in "${RetentionSession("my-secret_token", "https://x.example/my-secret_token")}")
        val request = RetentionSessionRequest.builder().customerEmail("john.doe@example.com").build()
        assertFalse("john.doe" in representations(request), representations(request))
        assertFalse("secret" in "${RetentionSession("secret-id", "https://x.example/y?session_id=secret-id", "r1")}")
    }

    @Test
    fun `exception survives Java serialization`() = Sandbox.start().use { sandbox ->
        val error =
            assertThrows<RateLimitException> {
                BlockingClient(
                    sandbox.options().maxRetries(0).build(),
                ).createRetentionSession(customerId = "cus_rate_limited")
            }
        val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).writeObject(error) }.toByteArray()
        val copy = ObjectInputStream(ByteArrayInputStream(bytes)).readObject() as RateLimitException
        assertEquals(
            listOf(error.message, error.code, error.status, error.retryAfter),
            listOf(copy.message, copy.code, copy.status, copy.retryAfter),
        )
        assertEquals(error.attempts.map { "$it" }, copy.attempts.map { "$it" })
    }
}
