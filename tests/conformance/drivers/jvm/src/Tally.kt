package com.renumerate.conformance

import com.renumerate.RenumerateException
import com.renumerate.Session
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.LongAdder

/** Number of calls by outcome. */
class Tally {
    private val sessions = LongAdder()
    private val attempts = LongAdder()
    private val cancelled = LongAdder()
    private val untyped = LongAdder()
    private val errors = ConcurrentHashMap<String, LongAdder>()

    fun session(session: Session) {
        sessions.increment()
        attempts.add(session.attempts.size.toLong())
    }

    fun cancelled(): Unit = cancelled.increment()

    /** Counts an exception, and prints it if its type is not of the SDK. */
    fun error(error: Throwable) {
        if (error is RenumerateException) {
            errors.computeIfAbsent(error.code) { LongAdder() }.increment()
            attempts.add(error.attempts.size.toLong())
        } else {
            untyped.increment()
            error.printStackTrace()
        }
    }

    fun toJson(): JsonObject = buildJsonObject {
        put("cancelled", cancelled.sum())
        put("sessions", sessions.sum())
        putJsonObject("errors") { errors.forEach { (code, count) -> put(code, count.sum()) } }
        put("attempts", attempts.sum())
        put("untyped", untyped.sum())
    }
}
