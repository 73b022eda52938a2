package com.renumerate

import java.time.Instant

/**
 * Who takes the logs of calls: a line for each attempt, each wait, and each failure; never the key, a session id or an
 * e-mail address. They come when the call has ended, on the thread that gets its result.
 *
 * ```kotlin
 * val client = Client(logger = { println("${it.level} ${it.message}") })
 * ```
 */
public fun interface Logger {
    /** Takes a line. What it throws is let go of: a call does not fail for its log. */
    public fun log(line: LogLine)
}

/** A line of a log. */
public class LogLine(
    /** How much it matters. */
    public val level: LogLevel,
    /** The event and its fields: `answered attempt=1 status=200 elapsed_ms=3`. */
    public val message: String,
    /** When it happened. */
    public val time: Instant,
) {
    override fun toString(): String = "$time $level $message"
}

/** How much a line of a log matters. */
public enum class LogLevel { ERROR, WARN, INFO, DEBUG, TRACE }
