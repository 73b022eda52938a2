package com.renumerate

import java.time.Instant

/**
 * Receiver of the log lines of calls.
 *
 * A call writes a line for each attempt and each wait, and one at its end: a `WARN` if the network, the service or the
 * settings failed, an `INFO` if the call was rejected, such as by a 404, else a `DEBUG`. Lines never contain the private key, a
 * session id or an e-mail address. The logger receives all lines of a call after the call has ended, on the thread that
 * receives the result of the call. It receives no lines of a cancelled call. A handshake token that cannot be created
 * writes one line, `token failed`.
 *
 * ```kotlin
 * val client = Client(logger = { println("${it.level} ${it.message}") })
 * ```
 */
public fun interface Logger {
    /** Receives a line. Exceptions of this method are ignored and do not fail the call. */
    public fun log(line: LogLine)
}

/** Log line of a call or of a handshake token. */
public class LogLine(
    /** Severity of the line. */
    public val level: LogLevel,
    /** Event and fields: `renumerate: attempt ended call_id=5f0c9b1e-17 endpoint=retention … elapsed_ms=3`. */
    public val message: String,
    /** Time of the event. */
    public val time: Instant,
    /** Constant text that names the event, such as `attempt ended`. */
    public val event: String,
    /** Fields of the event by name, such as `call_id`. The values are of type `String` or `Long`. */
    public val fields: Map<String, Any>,
) {
    override fun toString(): String = "$time $level $message"
}

/** Severity of a log line, from the most to the least severe. */
public enum class LogLevel { ERROR, WARN, INFO, DEBUG, TRACE }
