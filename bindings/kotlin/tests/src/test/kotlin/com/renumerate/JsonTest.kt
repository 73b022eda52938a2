package com.renumerate

import com.google.gson.Gson
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.squareup.moshi.Moshi
import com.squareup.moshi.kotlin.reflect.KotlinJsonAdapterFactory
import jakarta.json.bind.JsonbBuilder
import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import kotlinx.serialization.decodeFromString
import kotlinx.serialization.encodeToString
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import com.fasterxml.jackson.databind.ObjectMapper as Jackson2
import tools.jackson.databind.ObjectMapper as Jackson3

/** Tests of the conversion of sessions and tokens to JSON. */
@SandboxTest
class JsonTest {
    /** JSON library with its default settings. */
    enum class Library(val convert: (Any) -> String) {
        GSON({ Gson().toJson(it) }),
        MOSHI({ Moshi.Builder().addLast(KotlinJsonAdapterFactory()).build().adapter<Any>(it.javaClass).toJson(it) }),
        JSON_B({ value -> JsonbBuilder.create().use { it.toJson(value) } }),
        JACKSON_2({ Jackson2().writeValueAsString(it) }),
        JACKSON_3({ Jackson3().writeValueAsString(it) }),
        KOTLINX({
            when (it) {
                is RetentionSession -> Json.encodeToString(it)
                is SubscriptionSession -> Json.encodeToString(it)
                is HandshakeToken -> Json.encodeToString(it)
                else -> throw IllegalArgumentException("$it")
            }
        }),
    }

    private fun members(json: String): Map<String, JsonElement> = Json.parseToJsonElement(json).jsonObject

    // Rules: X2
    @ParameterizedTest
    @EnumSource
    fun `each library writes id, url and requestId`(library: Library, sandbox: Sandbox) {
        val created = sandbox.blockingClient().createRetentionSession(customerId = "cus_1")
        assertEquals(1, created.attempts.size)
        val withRequestId = RetentionSession(created.id, created.url, "req_1", created.attempts)
        val texts = mapOf("id" to created.id, "url" to created.url, "requestId" to "req_1")
        val expected = texts.mapValues { JsonPrimitive(it.value) }
        assertEquals(expected, members(library.convert(withRequestId)))
        val without = SubscriptionSession(created.id, created.url, null, created.attempts)
        assertEquals(expected - "requestId", members(library.convert(without)))
    }

    // Rules: T5
    @ParameterizedTest
    @EnumSource
    fun `each library writes only the text of a token`(library: Library) {
        val token = HandshakeToken("eyJ.abc")
        assertEquals(mapOf("token" to JsonPrimitive("eyJ.abc")), members(library.convert(token)))
    }

    @Serializable
    private data class Page(val session: RetentionSession, val title: String)

    @Test
    fun `kotlinx serialization writes a session in another object, and reads none`() {
        val session = RetentionSession("ret_abc", "https://w.example/?session_id=ret_abc", "req_1")
        val json = """{"id":"ret_abc","url":"https://w.example/?session_id=ret_abc","requestId":"req_1"}"""
        assertEquals("""{"session":$json,"title":"t"}""", Json.encodeToString(Page(session, "t")))
        val error = assertThrows<SerializationException> { Json.decodeFromString<RetentionSession>(json) }
        assertTrue("create a new session" in error.message.orEmpty())
    }
}
