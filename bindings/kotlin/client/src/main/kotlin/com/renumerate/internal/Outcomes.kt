package com.renumerate.internal

import com.renumerate.Attempt
import com.renumerate.LogLevel
import com.renumerate.LogLine
import com.renumerate.Logger
import com.renumerate.Session
import java.time.Instant

/** Makes a session of one kind from its fields. */
internal typealias MakeSession<S> = (id: String, url: String, requestId: String?, attempts: List<Attempt>) -> S

/** The session, or the exception that tells why there is none, after its logs: on the thread that wants to know. */
internal fun <S : Session> Outcome.unwrap(logger: Logger?, make: MakeSession<S>): S {
    if (logger != null) logs.forEach { logger.take(it) }
    session?.let { return make(it.id, it.url, it.requestId, it.attempts.map(AttemptFields::toAttempt)) }
    throw checkNotNull(failure) { "an aborted call has no outcome" }.toException()
}

private fun Logger.take(line: com.renumerate.internal.LogLine) {
    try {
        log(LogLine(LogLevel.valueOf(line.level.uppercase()), line.text, Instant.ofEpochMilli(line.at)))
    } catch (_: Throwable) {
        // A call does not fail for its log.
    }
}
