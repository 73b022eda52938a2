package com.renumerate.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Duration

/** Response that a sandbox sends, for [Sandbox.script]. Instances are immutable. */
public class ScriptedAnswer private constructor(private val members: Map<String, JsonElement>) {
    /** Returns a copy with this header. */
    public fun header(name: String, value: Any): ScriptedAnswer {
        val headers = members["headers"] as? JsonObject ?: emptyMap()
        return with("headers", JsonObject(headers + (name to JsonPrimitive(value.toString()))))
    }

    /** Returns a copy with this JSON body. */
    public fun body(json: String): ScriptedAnswer = with("body", Json.parseToJsonElement(json))

    /** Returns a copy with this text body. */
    public fun text(text: String): ScriptedAnswer = with("text", JsonPrimitive(text))

    /** Returns a copy for which the sandbox waits this long before it sends the status line. */
    public fun delay(delay: Duration): ScriptedAnswer = with("delay", JsonPrimitive(delay.toMillis()))

    /**
     * Returns a copy for which the sandbox closes the connection this long after the response. No response header
     * announces the close.
     */
    public fun closeAfter(time: Duration): ScriptedAnswer = with("closeAfter", JsonPrimitive(time.toMillis()))

    /** Returns a copy with this fault during the transfer. */
    public fun fault(fault: Fault): ScriptedAnswer = with("fault", JsonPrimitive(fault.name.lowercase()))

    private fun with(name: String, value: JsonElement) = ScriptedAnswer(members + (name to value))

    internal fun json(): JsonObject = JsonObject(members)

    override fun toString(): String = "ScriptedAnswer(${json()})"

    /** Fault during the transfer of a response. */
    public enum class Fault {
        /** The sandbox sends nothing. */
        STALL_BEFORE_HEADERS,

        /** The sandbox sends half of the body and then nothing. */
        STALL_IN_BODY,

        /** The sandbox sends the body byte by byte, every 20 ms. */
        SLOW_DRIP,

        /** The sandbox resets the connection before the status line. */
        RESET_BEFORE_STATUS,

        /** The sandbox closes the connection before the status line. */
        CLOSE_BEFORE_STATUS,

        /** The sandbox resets the connection after half of the body. */
        RESET_IN_BODY,

        /** The sandbox closes the connection after half of the body. */
        TRUNCATE_BODY,
    }

    public companion object {
        /** Returns the regular response of the service, with a new session. */
        @JvmStatic
        public fun mint(): ScriptedAnswer = ScriptedAnswer(mapOf("mint" to JsonPrimitive(true)))

        /**
         * Returns a response with this HTTP status and no body. For a [com.renumerate.NotFoundException], a 404 also
         * needs a body such as `{"error":"Customer not found"}`.
         */
        @JvmStatic
        public fun status(status: Int): ScriptedAnswer = ScriptedAnswer(mapOf("status" to JsonPrimitive(status)))

        /** Returns a response with a new session, and with this fault during its transfer. */
        @JvmStatic
        public fun failing(fault: Fault): ScriptedAnswer = mint().fault(fault)
    }
}
