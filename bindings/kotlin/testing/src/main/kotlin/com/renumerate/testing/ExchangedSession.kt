package com.renumerate.testing

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.longOrNull
import java.time.Instant

/** Session that a handshake token was exchanged for. [toString] masks the id. */
public class ExchangedSession internal constructor(
    /** Session id, `r10_…`. It opens the widgets of the customer. */
    public val id: String,
    /** Time after which the id opens no widget. */
    public val expiresAt: Instant,
) {
    override fun toString(): String = "ExchangedSession(id=${id.take(PREFIX)}…, expiresAt=$expiresAt)"

    private companion object {
        /** Number of characters of `r10_`, which only names the kind of session. */
        const val PREFIX = 4
    }
}

/** Returns the session in the response to an exchange, or `null` if there is none. */
internal fun exchangedSession(response: JsonObject?): ExchangedSession? {
    val session = response?.get("session") as? JsonObject
    val id = session?.get("sessionId") as? JsonPrimitive
    val expiresAt = (session?.get("expiresAt") as? JsonPrimitive)?.longOrNull
    return if (id?.isString == true && expiresAt != null) ExchangedSession(id.content, Instant.ofEpochSecond(expiresAt)) else null
}
