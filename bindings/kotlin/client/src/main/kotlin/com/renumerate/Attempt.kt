package com.renumerate

import java.io.Serializable
import java.time.Duration

/** One attempt of a call: what it met, and how long it took. */
public class Attempt(
    /** What it met: an answer, or none. */
    public val outcome: AttemptOutcome,
    /** The HTTP status of the answer, where one came. */
    public val status: Int?,
    /** How far the attempt came before the network failed it. */
    public val phase: NetworkPhase?,
    /** The limit that ended the attempt. */
    public val limit: TimeoutScope?,
    /** The wait before the attempt. */
    public val waited: Duration,
    /** From the start of the attempt to its last byte, or to its failure. */
    public val elapsed: Duration,
) : Serializable {
    override fun toString(): String {
        val met = status ?: phase?.name?.lowercase() ?: limit?.name?.lowercase()
        return "Attempt(outcome=${outcome.name.lowercase()} $met, waited=${waited.toMillis()}ms, elapsed=${elapsed.toMillis()}ms)"
    }

    private companion object {
        private const val serialVersionUID = 1L
    }
}

/** What an attempt met. */
public enum class AttemptOutcome {
    /** An answer with a status. */
    STATUS,

    /** A failure of the network. */
    NETWORK,

    /** No answer in time. */
    TIMEOUT,
}

/** How far a call came before the network failed it. */
public enum class NetworkPhase { DNS, CONNECT, TLS, SEND, READ }

/** Which limit ended a call: `connectTimeout`, `attemptTimeout` or `timeout`. */
public enum class TimeoutScope { CONNECT, ATTEMPT, TOTAL }
