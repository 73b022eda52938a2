package com.renumerate.internal

import com.renumerate.Attempt
import com.renumerate.LogLevel
import com.renumerate.LogLine
import com.renumerate.Logger
import com.renumerate.Session
import java.time.Instant

/** Function that creates a session of one kind from its fields. */
internal typealias SessionFactory<S> = (id: String, url: String, requestId: String?, attempts: List<Attempt>) -> S

/** Passes the log lines of the call to [logger], then returns the session or throws the exception of the call. */
internal fun <S : Session> Outcome.unwrap(logger: Logger?, factory: SessionFactory<S>): S {
    if (logger != null) logs.forEach { logger.forward(it) }
    session?.let { return factory(it.id, it.url, it.requestId, it.attempts.map(AttemptFields::toAttempt)) }
    throw (failure ?: internalError("the call has ended without a result")).toException()
}

/** Returns the request, with log collection enabled if there is a [logger]. */
internal fun Request.withLogs(logger: Logger?): Request = if (logger == null) this else copy(collectLogs = true)

private fun Logger.forward(line: com.renumerate.internal.LogLine) {
    try {
        log(LogLine(LogLevel.valueOf(line.level.uppercase()), line.text, Instant.ofEpochMilli(line.at)))
    } catch (_: Throwable) {
        // An error in the logger must not fail the call.
    }
}
