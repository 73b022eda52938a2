package com.renumerate.conformance

import com.renumerate.ApiException
import com.renumerate.ConfigurationException
import com.renumerate.HandshakeToken
import com.renumerate.NetworkException
import com.renumerate.RenumerateException
import com.renumerate.RequestTimeoutException
import com.renumerate.Session
import com.renumerate.UnexpectedResponseException
import com.renumerate.ValidationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** Reports a session, a token or an exception, with the name of the report. */
fun outcomeReport(outcome: Any): Pair<String, JsonObject> = when (outcome) {
    is Session -> "session" to sessionReport(outcome)
    is HandshakeToken -> "token" to tokenReport(outcome)
    else -> "error" to errorReport(outcome as Throwable)
}

private fun tokenReport(token: HandshakeToken): JsonObject = buildJsonObject {
    put("text", token.token)
    put("expires_at", token.expiresAt.toEpochMilli() / 1e3)
    put("json", Json.encodeToJsonElement(HandshakeToken.serializer(), token))
}

private fun sessionReport(session: Session): JsonObject = buildJsonObject {
    put("id", session.id)
    put("url", session.url)
    put("request_id", session.requestId)
    put("attempts", session.attempts.size)
}

/** Reports an exception. */
fun errorReport(error: Throwable): JsonObject = buildJsonObject {
    val typed = error as? RenumerateException
    put("typed", typed != null)
    put("class", error.javaClass.simpleName)
    put("code", typed?.code)
    put("text", typed?.message ?: error.toString())
    put("retryable", typed?.retryable ?: false)
    put("attempts", typed?.attempts?.size ?: 0)
    put("message", typed?.reason)
    put("body", (error as? ApiException)?.body ?: (error as? UnexpectedResponseException)?.body)
    put("request_id", typed?.requestId)
    val status = (error as? ApiException)?.status ?: (error as? UnexpectedResponseException)?.status
    put("status", status ?: (error as? NetworkException)?.status)
    val phase = (error as? NetworkException)?.phase ?: (error as? RequestTimeoutException)?.phase
    put("phase", phase?.name?.lowercase())
    put("host", typed?.host)
    put("host_setting", typed?.hostSetting)
    put("timeout", (error as? RequestTimeoutException)?.scope?.name?.lowercase())
    put("retry_after", typed?.retryAfter?.let { it.toNanos() / 1e9 })
    put("field", (error as? ConfigurationException)?.field ?: (error as? ValidationException)?.field)
}
