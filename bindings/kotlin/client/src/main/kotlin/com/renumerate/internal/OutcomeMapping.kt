package com.renumerate.internal

import com.renumerate.Attempt
import com.renumerate.LogLevel
import com.renumerate.LogLine
import com.renumerate.Logger
import com.renumerate.RenumerateException
import com.renumerate.Session
import java.time.Instant
import java.time.temporal.ChronoUnit

/** Function that creates a session of one kind from its fields. */
internal typealias SessionFactory<S> = (id: String, url: String, requestId: String?, attempts: List<Attempt>) -> S

/** Passes the log lines of the call to [logger], then returns the session or throws the exception of the call. */
internal fun <S : Session> Outcome.unwrap(logger: Logger?, factory: SessionFactory<S>): S {
    val session = session ?: throw failure(logger)
    logs.logTo(logger)
    return factory(session.id, session.url, session.requestId, session.attempts.map(AttemptFields::toAttempt))
}

/** Passes the log lines of the call to [logger], then returns the exception of the call. */
internal fun Outcome.failure(logger: Logger?): RenumerateException {
    logs.logTo(logger)
    return (failure ?: internalError("the call has ended without a result")).toException()
}

/** Passes log lines to [logger], if there is one. */
internal fun List<com.renumerate.internal.LogLine>.logTo(logger: Logger?) {
    if (logger != null) forEach { logger.forward(it) }
}

/** Returns the request, with log collection enabled if there is a [logger]. */
internal fun Request.withLogs(logger: Logger?): Request = if (logger == null) this else copy(collectLogs = true)

private fun Logger.forward(line: com.renumerate.internal.LogLine) {
    try {
        log(line.toPublic())
    } catch (_: Throwable) {
        // An error in the logger must not fail the call.
    }
}

private fun com.renumerate.internal.LogLine.toPublic(): LogLine {
    val time = microsecondsSinceEpoch(at)
    return LogLine(LogLevel.valueOf(level.uppercase()), text, time, event, fields.associate { it.name to it.value.toAny() })
}

/** Returns the point in time this many microseconds after the Unix epoch. */
internal fun microsecondsSinceEpoch(microseconds: Long): Instant = Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS)

private fun LogValue.toAny(): Any = when (this) {
    is LogValue.Text -> text
    is LogValue.Number -> number
}
