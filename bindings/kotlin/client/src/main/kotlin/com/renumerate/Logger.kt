package com.renumerate

import java.time.Instant

/**
 * Receiver of the log lines of calls.
 *
 * A call writes a line for each attempt, each wait and each failure. Lines never contain the private key, a session id
 * or an e-mail address. The logger receives all lines of a call after the call has ended, on the thread that receives
 * the result of the call.
 *
 * ```kotlin
 * val client = Client(logger = { println("${it.level} ${it.message}") })
 * ```
 */
public fun interface Logger {
    /** Receives a line. Exceptions of this method are ignored and do not fail the call. */
    public fun log(line: LogLine)
}

/** Log line of a call. */
public class LogLine(
    /** Severity of the line. */
    public val level: LogLevel,
    /** Name of the event, followed by its fields, such as `answered attempt=1 status=200 elapsed_ms=3`. */
    public val message: String,
    /** Time of the event. */
    public val time: Instant,
) {
    override fun toString(): String = "$time $level $message"
}

/** Severity of a log line, from the most to the least severe. */
public enum class LogLevel { ERROR, WARN, INFO, DEBUG, TRACE }
