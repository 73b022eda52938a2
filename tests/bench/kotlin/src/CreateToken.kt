// Subjects that create handshake tokens: this SDK, and the code that a user would write with Java's own cryptography.

package com.renumerate.bench

import com.renumerate.BlockingClient
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.security.SecureRandom
import java.util.Base64
import java.util.HexFormat
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

private const val PUBLIC_KEY = "pk_sandbox_bench"

internal fun interface CreateToken {
    fun create(): String
}

/** Clients and keys are kept for all rounds. */
internal fun tokens(subject: String): CreateToken = when (subject) {
    "renumerate.BlockingClient" -> RenumerateTokens
    "javax.crypto" -> JavaTokens
    else -> error("unknown subject: $subject")
}

private object RenumerateTokens : CreateToken {
    private val client = BlockingClient(privateKey = KEY, publicKey = PUBLIC_KEY)

    override fun create() = client.createHandshakeToken(CUSTOMER).token
}

private object JavaTokens : CreateToken {
    private val key = SecretKeySpec(KEY.toByteArray(), "HmacSHA256")
    private val random = SecureRandom()
    private val base64 = Base64.getUrlEncoder().withoutPadding()

    override fun create(): String {
        val nonce = HexFormat.of().formatHex(ByteArray(16).also(random::nextBytes))
        val payload = Json.encodeToString(Payload(PUBLIC_KEY, CUSTOMER, System.currentTimeMillis(), nonce)).toByteArray()
        val mac = Mac.getInstance("HmacSHA256").apply { init(key) }
        return "${base64.encodeToString(payload)}.${base64.encodeToString(mac.doFinal(payload))}"
    }
}

@Serializable
private class Payload(val brandPub: String, val subscriberId: String, val timestamp: Long, val nonce: String)
