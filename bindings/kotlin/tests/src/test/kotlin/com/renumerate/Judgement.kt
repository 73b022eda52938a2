package com.renumerate

import com.renumerate.Vectors.camelCase
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** Whether what came of a call is what its case expects. */
class Judgement(outcome: JsonObject) {
    private val session = outcome["session"]?.jsonObject
    private val error = outcome["error"]?.jsonObject

    fun judge(seen: Any) {
        if (seen is RenumerateException) {
            sameError(seen, error ?: throw AssertionError("there is an error: $seen"))
        } else {
            sameSession(seen as Session, session ?: throw AssertionError("there is a session where an error should be"))
        }
    }

    private fun sameSession(seen: Session, expected: JsonObject) {
        same("id", seen.id, expected.text("id"))
        same("url", seen.url, expected.text("url") ?: seen.url)
        same("request id", seen.requestId, expected.text("request_id"))
        same("attempts", seen.attempts.size, expected.getValue("attempts").jsonPrimitive.int)
    }

    private fun sameError(seen: RenumerateException, expected: JsonObject) {
        same("class", seen.javaClass.simpleName, expected.text("class")?.replace(Regex("Error$"), "Exception"))
        same("code", seen.code, expected.text("code"))
        same("retryable", seen.retryable, expected.getValue("retryable").jsonPrimitive.boolean)
        same("attempts", seen.attempts.size, expected.getValue("attempts").jsonPrimitive.int)
        same("status", seen.status(), expected["status"]?.jsonPrimitive?.int)
        same("field", seen.field(), expected.text("field")?.let(::camelCase))
        same("request id", seen.requestId, expected.text("request_id"))
        same("phase", (seen as? NetworkException)?.phase?.name?.lowercase(), expected.text("phase"))
        same("timeout", (seen as? RequestTimeoutException)?.scope?.name?.lowercase(), expected.text("timeout"))
        same(
            "retry after",
            seen.retryAfter?.toMillis(),
            expected["retry_after"]?.jsonPrimitive?.double?.let {
                (it * 1e3).toLong()
            },
        )
        if ("message" in expected) same("reason", seen.reason, expected.text("message"))
        if ("body" in expected) same("body", seen.body(), expected.text("body"))
        sameText(seen.message.orEmpty(), expected)
    }

    /** Names stand in the text in this language's form, but for those that the service wrote. */
    private fun sameText(text: String, expected: JsonObject) {
        fun parts(name: String) = expected[name]?.jsonArray?.map { it.jsonPrimitive.content }.orEmpty()

        fun has(part: String) = part in text || camelCase(part) in text
        parts("says").firstOrNull { !has(it) }?.let { throw AssertionError("\"$text\" does not say \"$it\"") }
        parts("omits").firstOrNull(::has)?.let { throw AssertionError("\"$text\" says \"$it\"") }
        if ('\n' in text) throw AssertionError("\"$text\" is more than one line")
    }

    private fun RenumerateException.status() = when (this) {
        is ApiException -> status
        is UnexpectedResponseException -> status
        else -> null
    }

    private fun RenumerateException.body() = when (this) {
        is ApiException -> body
        is UnexpectedResponseException -> body
        else -> null
    }

    private fun RenumerateException.field() = when (this) {
        is ConfigurationException -> field
        is ValidationException -> field
        else -> null
    }
}
