package com.renumerate.trials

import com.renumerate.ApiException
import com.renumerate.ConfigurationException
import com.renumerate.NetworkException
import com.renumerate.RenumerateException
import com.renumerate.RequestTimeoutException
import com.renumerate.Session
import com.renumerate.UnexpectedResponseException
import com.renumerate.ValidationException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** A session as the trials want to hear of it. */
fun asSession(session: Session): JsonObject = buildJsonObject {
    put("id", session.id)
    put("request_id", session.requestId)
    put("attempts", session.attempts.size)
}

/** An exception as the trials want to hear of it. */
fun asError(error: Throwable): JsonObject = buildJsonObject {
    val typed = error as? RenumerateException
    put("code", typed?.code)
    put("typed", typed != null)
    put("text", typed?.message ?: error.toString())
    put("retryable", typed?.retryable ?: false)
    put("attempts", typed?.attempts?.size ?: 0)
    put("status", (error as? ApiException)?.status ?: (error as? UnexpectedResponseException)?.status)
    put("phase", (error as? NetworkException)?.phase?.name?.lowercase())
    put("timeout", (error as? RequestTimeoutException)?.scope?.name?.lowercase())
    put("retry_after", typed?.retryAfter?.let { it.toNanos() / 1e9 })
    put("field", ((error as? ConfigurationException)?.field ?: (error as? ValidationException)?.field)?.let(::snakeCase))
}
