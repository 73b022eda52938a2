package com.renumerate

import kotlinx.serialization.SerializationException
import kotlinx.serialization.decodeFromString
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.security.MessageDigest
import java.time.Duration
import java.time.Instant
import java.util.Base64
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** Public key of clients in tests. */
const val PUBLIC_KEY = "pk_sandbox_local"

/** Checks the signature of a token, and returns the public key and the customer id in it. */
fun brandAndCustomer(token: String, privateKey: String): Pair<String, String> {
    val (payload, signature) = token.split(".").map { Base64.getUrlDecoder().decode(it) }
    val mac = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(privateKey.toByteArray(), "HmacSHA256")) }
    assertTrue(MessageDigest.isEqual(mac.doFinal(payload), signature), "the signature is invalid: $token")
    val members = Json.parseToJsonElement(payload.decodeToString()).jsonObject
    return members.getValue("brandPub").jsonPrimitive.content to members.getValue("subscriberId").jsonPrimitive.content
}

/** Tests of handshake tokens. The test cases in `tests/vectors` test their form and the refusals. */
class HandshakeTokenTest {
    private val key = "sk_sandbox_local"
    private val options = ClientOptions.builder().privateKey(key).publicKey(PUBLIC_KEY).build()

    @Test
    fun `each client creates signed tokens that expire in 5 minutes`() {
        val before = Instant.now()
        val clients = listOf<(String) -> HandshakeToken>(
            Client(privateKey = key, publicKey = PUBLIC_KEY)::createHandshakeToken,
            BlockingClient(privateKey = key, publicKey = PUBLIC_KEY)::createHandshakeToken,
            AsyncClient(options)::createHandshakeToken,
        )
        for (create in clients) {
            val token = create("cus_1")
            assertEquals(PUBLIC_KEY to "cus_1", brandAndCustomer(token.token, key))
            val lifetime = Duration.ofMinutes(5)
            assertTrue(token.expiresAt in before.minusMillis(1) + lifetime..Instant.now() + lifetime, "$token")
        }
    }

    // Rules: T5
    @Test
    fun `toString masks the token, and equal tokens are equal`() {
        val token = BlockingClient(options).use { it.createHandshakeToken("cus_1") }
        val printed = "$token ${listOf(token)} ${mapOf(1 to token)}"
        for (part in token.token.split(".")) assertFalse(part in printed, printed)
        assertTrue("HandshakeToken(token=…, expiresAt=${token.expiresAt})" in printed, printed)
        assertEquals(token, HandshakeToken(token.token, token.expiresAt))
        assertNotEquals(token, HandshakeToken(token.token, Instant.EPOCH))
    }

    @Test
    fun `error names the missing key or the invalid id`() {
        val missing = assertThrows<ConfigurationException> { Client(privateKey = key).use { it.createHandshakeToken("cus_1") } }
        assertEquals("publicKey", missing.field)
        assertTrue("RENUMERATE_PUBLIC_KEY" in missing.message.orEmpty(), "$missing")
        val half = assertThrows<ValidationException> { BlockingClient(options).use { it.createHandshakeToken("cus_\uD83D") } }
        assertEquals("customerId", half.field)
        assertTrue("half of a character" in half.message.orEmpty(), "$half")
    }

    @Test
    fun `kotlinx serialization reads no token`() {
        val error = assertThrows<SerializationException> { Json.decodeFromString<HandshakeToken>("""{"token":"eyJ.abc"}""") }
        assertTrue("create a new token" in error.message.orEmpty())
    }
}
