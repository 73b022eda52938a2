// The one request that every contender sends, and how the peers write it and read its answer. The server knows its end
// by the last two braces.

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

/** What the id of each answer begins with: a call that returns anything else did not do its work. */
internal const val ID_PREFIX = "ret_"

/** Nobody calls without a limit in production, and the SDK does not offer it: the peers get one as well. */
internal val LIMIT: Duration = Duration.ofSeconds(25)

/** Where a contender calls, and the certificate of the authority that it trusts besides, if that is over TLS. */
internal class Target(val url: String, val authority: Path?)

/** For the peers alone: our client's process has no library for JSON. */
internal object PeerJson {
    private val json = Json { ignoreUnknownKeys = true }

    fun body(): String = json.encodeToString(Body.serializer(), Body(Retention(CUSTOMER)))

    fun id(answer: String): String = json.decodeFromString(Answer.serializer(), answer).id
}

@Serializable
private class Body(val retention: Retention)

@Serializable
private class Retention(@SerialName("customer_id") val customerId: String)

@Serializable
private class Answer(val id: String)
