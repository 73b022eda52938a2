package com.renumerate

import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.SerializationFeature
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.ObjectInputStream
import java.io.ObjectOutputStream

/** The key is shown nowhere; a session's id where somebody asks for it. */
class SecretsTest {
    private val planted = "sk_sandbox_planted9f3a"
    private val jackson = ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)

    /** All that can be made to tell of a thing. */
    private fun shown(thing: Any): String = listOf(
        thing.toString(),
        runCatching { jackson.writeValueAsString(thing) }.getOrElse { it.stackTraceToString() },
        fields(thing),
        if (thing is Throwable) thing.stackTraceToString() else "",
    ).joinToString("\n")

    /** What a debugger's or a reflecting printer's first look shows: every field that is not transient. */
    private fun fields(thing: Any): String = generateSequence<Class<*>>(thing.javaClass) { it.superclass }
        .takeWhile { it.name.startsWith("com.renumerate") }
        .flatMap { it.declaredFields.asSequence() }
        .filterNot { java.lang.reflect.Modifier.isTransient(it.modifiers) }
        .joinToString { "${it.name}=${it.apply { isAccessible = true }.get(thing)}" }

    // Rules: X1
    @Test
    fun `the key is in nothing that can be printed or written`() = Sandbox.start(privateKey = planted).use { sandbox ->
        sandbox.script("cus_echo", ScriptedAnswer.status(400).body("""{"error":"bad key $planted"}"""))
        val lines = ArrayList<LogLine>()
        val builder = ClientOptions.builder().privateKey(planted).baseUrl(sandbox.url).logger(lines::add)
        val things = ArrayList<Any>(listOf(builder, builder.build()))
        val (client, blocking, async) = Triple(
            Client(builder.build()),
            BlockingClient(builder.build()),
            AsyncClient(builder.build()),
        )
        things.addAll(listOf(client, blocking, async))
        things += blocking.createRetentionSession(customerId = "cus_1")
        things += runBlocking { client.createSubscriptionSession(customerId = "cus_1") }
        things += async.createRetentionSession { it.customerId("cus_1") }.join()
        for (customer in listOf("cus_echo", "cus_not_found", "")) {
            things += assertThrows<RenumerateException> { blocking.createRetentionSession(customerId = customer) }
            things +=
                assertThrows<RenumerateException> { runBlocking { client.createRetentionSession(customerId = customer) } }
        }
        things += assertThrows<ConfigurationException> { Client(privateKey = "$planted with space") }
        things +=
            assertThrows<ConfigurationException> {
                BlockingClient(ClientOptions.builder().option("privateKy", planted).build())
            }
        assertTrue(lines.size >= 8, "$lines")
        val text = (things + lines).joinToString("\n", transform = ::shown)
        assertFalse("planted" in text, text)
        assertTrue("bad key" in text, "the echo was shown, and the key in it masked")
    }

    // Rules: X2, S18
    @Test
    fun `a session masks its id where it is printed, and holds it where it is asked for`() = Sandbox.start().use { sandbox ->
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
    fun `an odd session prints`() {
        assertEquals("RetentionSession(id=…)", "${RetentionSession("")}")
        assertFalse("secret" in "${RetentionSession("my-secret_token", "https://x.example/my-secret_token")}")
        val request = RetentionSessionRequest.builder().customerEmail("john.doe@example.com").build()
        assertFalse("john.doe" in shown(request), shown(request))
        assertFalse("secret" in "${RetentionSession("secret-id", "https://x.example/y?session_id=secret-id", "r1")}")
    }

    @Serializable
    private data class Page(val session: RetentionSession, val title: String)

    // Rules: X2
    @Test
    fun `Jackson and kotlinx serialization carry a session`() {
        val session = RetentionSession("ret_abc", "https://w.example/?session_id=ret_abc", "req_1")
        val json = """{"id":"ret_abc","url":"https://w.example/?session_id=ret_abc","requestId":"req_1"}"""
        assertEquals(ObjectMapper().readTree(json), ObjectMapper().valueToTree(session))
        assertEquals(json, Json.encodeToString(session))
        assertEquals("""{"session":$json,"title":"t"}""", Json.encodeToString(Page(session, "t")))
        assertEquals("""{"id":"sub_1","url":"u"}""", Json.encodeToString(SubscriptionSession("sub_1", "u")))
        val error = assertThrows<SerializationException> { Json.decodeFromString<RetentionSession>(json) }
        assertTrue("only ever minted" in error.message.orEmpty())
    }

    @Test
    fun `an exception can be sent elsewhere`() = Sandbox.start().use { sandbox ->
        val error =
            assertThrows<RateLimitException> {
                BlockingClient(
                    sandbox.options().maxRetries(0).build(),
                ).createRetentionSession(customerId = "cus_rate_limited")
            }
        val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).writeObject(error) }.toByteArray()
        val same = ObjectInputStream(ByteArrayInputStream(bytes)).readObject() as RateLimitException
        assertEquals(
            listOf(error.message, error.code, error.status, error.retryAfter),
            listOf(same.message, same.code, same.status, same.retryAfter),
        )
        assertEquals(error.attempts.map { "$it" }, same.attempts.map { "$it" })
    }
}
