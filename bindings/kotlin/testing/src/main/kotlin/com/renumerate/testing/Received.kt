package com.renumerate.testing

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.time.Duration

/** A request that came to a sandbox, and how it was answered. */
public class ReceivedRequest internal constructor(
    /** The method, `POST`. */
    public val method: String,
    /** The path with its query. */
    public val path: String,
    /** The headers by lower-case name, but for the key. */
    public val headers: Map<String, String>,
    /** The body as text. */
    public val body: String,
    /** The status of the answer; 0 while there is none. */
    public val status: Int,
    /** When it came, since the sandbox started. */
    public val at: Duration,
    /** The case or the script that answered it. */
    public val case: String?,
    /** How the request differs from what its case expects. */
    public val problem: String?,
    /** The number of the connection that it came on. */
    public val connection: Int,
    /** Whether that connection is closed. */
    public val closed: Boolean,
) {
    override fun toString(): String = "$method $path: $status"
}

/** What a session id stands for. */
public class MintedSession internal constructor(
    /** `retention` or `subscription`. */
    public val kind: String,
    /** The customer's id. */
    public val customerId: String?,
    /** The customer's e-mail address. */
    public val customerEmail: String?,
    /** The subscription. */
    public val subscriptionId: String?,
)

internal fun receivedRequest(said: JsonObject): ReceivedRequest = ReceivedRequest(
    method = said.text("method").orEmpty(),
    path = said.text("path").orEmpty(),
    headers = said.getValue("headers").jsonObject.mapValues { it.value.jsonPrimitive.content },
    body = said.text("body").orEmpty(),
    status = said.getValue("status").jsonPrimitive.int,
    at = Duration.ofNanos((said.getValue("at_ms").jsonPrimitive.double * 1e6).toLong()),
    case = said.text("case"),
    problem = said.text("problem"),
    connection = said.getValue("connection").jsonPrimitive.int,
    closed = said.getValue("closed").jsonPrimitive.boolean,
)

internal fun mintedSession(said: JsonObject): MintedSession = MintedSession(
    kind = said.text("kind").orEmpty(),
    customerId = said.text("customer_id"),
    customerEmail = said.text("customer_email"),
    subscriptionId = said.text("subscription_id"),
)

private fun JsonObject.text(name: String): String? = get(name)?.jsonPrimitive?.contentOrNull
