package com.renumerate

import java.io.Serializable
import java.time.Duration

/** Result and duration of one attempt of a call. */
public class Attempt(
    /** Result of the attempt. */
    public val outcome: AttemptOutcome,
    /** HTTP status of the response, or `null` if [outcome] is not `STATUS`. */
    public val status: Int?,
    /** Phase in which the network failed, or `null` if [outcome] is not `NETWORK`. */
    public val phase: NetworkPhase?,
    /** Timeout that ended the attempt, or `null` if [outcome] is not `TIMEOUT`. */
    public val limit: TimeoutScope?,
    /** Time that the call waited before the attempt. */
    public val waited: Duration,
    /** Time from the start of the attempt to the last byte of the response, or to the failure. */
    public val elapsed: Duration,
) : Serializable {
    override fun toString(): String {
        val detail = status ?: phase?.name?.lowercase() ?: limit?.name?.lowercase()
        val result = "${outcome.name.lowercase()} $detail"
        return "Attempt(outcome=$result, waited=${waited.toMillis()}ms, elapsed=${elapsed.toMillis()}ms)"
    }

    private companion object {
        private const val serialVersionUID = 1L
    }
}

/** Kind of result of an attempt. */
public enum class AttemptOutcome {
    /** The attempt received a response, with any HTTP status. */
    STATUS,

    /** The network failed. */
    NETWORK,

    /** A timeout expired. */
    TIMEOUT,
}

/** Phase of an attempt in which the network failed. */
public enum class NetworkPhase {
    /** DNS lookup. */
    DNS,

    /** Opening the connection to the service or the proxy. */
    CONNECT,

    /** TLS handshake. */
    TLS,

    /** Sending the request. */
    SEND,

    /** Reading the response. */
    READ,
}

/** Timeout that ended a call or an attempt. */
public enum class TimeoutScope {
    /** `connectTimeout`: DNS lookup, TCP connect and TLS handshake. */
    CONNECT,

    /** `attemptTimeout`: one attempt, including the response body. */
    ATTEMPT,

    /** `timeout`: the whole call. */
    TOTAL,
}
