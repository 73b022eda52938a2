// The request that every subject sends, and how the SDK's peers encode it and decode the response. The server
// recognizes its end by the last two braces.

package com.renumerate.bench

import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import java.nio.file.Path
import java.time.Duration

internal const val CUSTOMER = "cus_NffrFeUfNV2Hib"
internal const val KEY = "sk_sandbox_bench"
internal const val PATH = "/v1/retention/session"
internal const val KEY_HEADER = "X-Brand-Key"
internal const val JSON_TYPE = "application/json"

/** Start of a session's id. A call that returns anything else is not counted as a session. */
internal const val ID_PREFIX = "ret_"

/** Timeout. The SDK always has one, and so the other clients get one as well. */
internal val LIMIT: Duration = Duration.ofSeconds(25)

internal class Server(val url: String, caFile: String) {
    /** Certificate of an authority that clients trust additionally, with TLS. */
    val caFile: Path? = caFile.ifEmpty { null }?.let(Path::of)
}

/** Only for peers: the process of the SDK has no library for JSON. */
internal object PeerJson {
    private val json = Json { ignoreUnknownKeys = true }

    fun body(): String = json.encodeToString(Body.serializer(), Body(Retention(CUSTOMER)))

    fun id(response: String): String = json.decodeFromString(Response.serializer(), response).id
}

@Serializable
private class Body(val retention: Retention)

@Serializable
private class Retention(@SerialName("customer_id") val customerId: String)

@Serializable
private class Response(val id: String)
