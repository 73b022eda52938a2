package com.renumerate

import com.renumerate.Vectors.camelCase
import com.renumerate.testing.Sandbox
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.net.URI
import java.util.concurrent.atomic.AtomicInteger

/** One run of one case: make the client, make the call, compare what came of it and what went over the wire. */
class CaseRun(private val sandbox: Sandbox, written: JsonObject, private val face: Face, private val note: (String) -> Unit) {
    private val key = "sk_case_${Vectors.nameOf(written)}.planted${runs.incrementAndGet()}x"
    private val case =
        Json.parseToJsonElement(
            written.toString().replace("\${key}", key).replace("\${base_url}", sandbox.url)
                .replace("\${host}", URI(sandbox.url).authority),
        ).jsonObject
    private val call = case.getValue("call").jsonObject
    private val exchanges = case["exchanges"]?.jsonArray ?: JsonArray(emptyList())
    private val outcome = case.getValue("outcome").jsonObject

    /** What must be shown nowhere: the key's own part, the session's id, the customer's e-mail. */
    fun secrets(): List<String> {
        val id = outcome["session"]?.jsonObject?.text("id").orEmpty()
        val email = call.map("parameters").text("customer_email").orEmpty()
        return listOf(key.substringAfter('.')) + listOf(id).filter { it.length > 64 } + listOf(email).filter { "john.doe@" in it }
    }

    /** Fails where anything differs from what the case expects. */
    fun play() {
        val seen: Any =
            try {
                val given = mapOf("privateKey" to key, "baseUrl" to sandbox.url)
                face.open(given + translated(case.map("client"))).use { client ->
                    note(client.toString())
                    repeat(case["warm_up"]?.jsonPrimitive?.int ?: 0) {
                        runCatching { make(client) }.exceptionOrNull()?.let(::show)
                    }
                    while (mustClose()) Thread.sleep(2)
                    make(client)
                }
            } catch (error: RenumerateException) {
                error
            }
        show(seen)
        Judgement(outcome).judge(seen)
        judgeWire()
    }

    private fun make(client: Face.Opened): Session {
        val parameters = translated(call.map("parameters"))
        val options = translated(call.map("options"))
        return when (val method = call.text("method")) {
            "create_retention_session" -> client.retention(parameters, options)
            "create_subscription_session" -> client.subscription(parameters, options)
            else -> error("a case calls $method")
        }
    }

    private fun show(seen: Any) = note(if (seen is Throwable) seen.stackTraceToString() else seen.toString())

    /** Whether the sandbox has yet to close a connection that its answers so far say it will. */
    private fun mustClose(): Boolean = sandbox.requests(key).withIndex().any { (at, request) ->
        val answer = exchanges.getOrNull(at)?.jsonObject?.get("answer")?.jsonObject
        answer != null && "close_after_ms" in answer && request.problem == null && !request.closed
    }

    private fun judgeWire() {
        val requests = sandbox.requests(key)
        for (request in requests) same("the wire's problem", request.problem, null)
        same("requests on the wire", requests.size, exchanges.size)
        requests.zipWithNext().forEachIndexed { at, (before, after) ->
            val gap = after.at.toMillis() - before.at.toMillis()
            val wanted = exchanges[at + 1].jsonObject["request"]?.jsonObject?.get("min_gap_ms")?.jsonPrimitive?.int ?: 0
            if (gap < wanted) throw AssertionError("a request came $gap ms after the one before it, and not $wanted or more")
        }
    }

    companion object {
        private val runs = AtomicInteger()

        /** Options or parameters in this language's names, with times in milliseconds. */
        private fun translated(named: JsonObject): Map<String, Any?> = named.entries.associate { (name, value) ->
            val given = value.jsonPrimitive
            val number = given.doubleOrNull.takeUnless { given.isString }
            camelCase(name) to if (number == null) given.content.takeUnless { value is JsonNull } else number * scale(name)
        }

        private fun scale(name: String) = if (name.endsWith("timeout")) 1000.0 else 1.0
    }
}

internal fun JsonObject.map(name: String): JsonObject = get(name)?.jsonObject ?: JsonObject(emptyMap())

internal fun JsonObject.text(name: String): String? = (get(name) as? JsonPrimitive)?.takeUnless { it is JsonNull }?.content

internal fun same(what: String, seen: Any?, expected: Any?) {
    if (seen != expected) throw AssertionError("$what: $seen, and should be $expected")
}
