package com.renumerate.testing

import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.time.Duration

/** Request that a sandbox has received, and the response to it. */
public class ReceivedRequest internal constructor(
    /** HTTP method, such as `POST`. */
    public val method: String,
    /** Path with the query. */
    public val path: String,
    /** Headers by lower-case name, without the private key. */
    public val headers: Map<String, String>,
    /** Body as text. */
    public val body: String,
    /** HTTP status of the response, or 0 while there is no response. */
    public val status: Int,
    /** Time from the start of the sandbox to the arrival of the request. */
    public val at: Duration,
    /** Name of the case that defined the response, or `null` if there was none; see [Sandbox.addCases]. */
    public val case: String?,
    /** Difference between the request and the request that the case expects, or `null` if there is none. */
    public val problem: String?,
    /** Number of the connection that carried the request. */
    public val connection: Int,
    /** Whether that connection is closed. */
    public val closed: Boolean,
) {
    override fun toString(): String = "$method $path: $status"
}

internal fun receivedRequest(record: JsonObject): ReceivedRequest = ReceivedRequest(
    method = record.text("method").orEmpty(),
    path = record.text("path").orEmpty(),
    headers = record.getValue("headers").jsonObject.mapValues { it.value.jsonPrimitive.content },
    body = record.text("body").orEmpty(),
    status = record.getValue("status").jsonPrimitive.int,
    at = Duration.ofNanos((record.getValue("at_ms").jsonPrimitive.double * 1e6).toLong()),
    case = record.text("case"),
    problem = record.text("problem"),
    connection = record.getValue("connection").jsonPrimitive.int,
    closed = record.getValue("closed").jsonPrimitive.boolean,
)

internal fun JsonObject.text(name: String): String? = get(name)?.jsonPrimitive?.contentOrNull
