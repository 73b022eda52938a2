package com.renumerate.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Duration

/** An answer of a script. Each method gives another answer, which says so much more. */
public class ScriptedAnswer private constructor(private val members: Map<String, JsonElement>) {
    /** With a header. */
    public fun header(name: String, value: Any): ScriptedAnswer {
        val headers = members["headers"] as? JsonObject ?: emptyMap()
        return with("headers", JsonObject(headers + (name to JsonPrimitive(value.toString()))))
    }

    /** With a JSON body. */
    public fun body(json: String): ScriptedAnswer = with("body", Json.parseToJsonElement(json))

    /** With a body of any text. */
    public fun text(text: String): ScriptedAnswer = with("text", JsonPrimitive(text))

    /** After a wait, before the status line. */
    public fun delay(delay: Duration): ScriptedAnswer = with("delay_ms", JsonPrimitive(delay.toMillis()))

    /** Closing the connection so much later, without having announced it. */
    public fun closeAfter(time: Duration): ScriptedAnswer = with("close_after_ms", JsonPrimitive(time.toMillis()))

    /** With something that goes wrong on its way. */
    public fun fault(fault: Fault): ScriptedAnswer = with("fault", JsonPrimitive(fault.name.lowercase()))

    private fun with(name: String, value: JsonElement) = ScriptedAnswer(members + (name to value))

    internal fun json(): JsonObject = JsonObject(members)

    override fun toString(): String = "ScriptedAnswer(${json()})"

    /** What goes wrong with an answer on its way. */
    public enum class Fault {
        STALL_BEFORE_HEADERS,
        STALL_IN_BODY,
        SLOW_DRIP,
        RESET_BEFORE_STATUS,
        CLOSE_BEFORE_STATUS,
        RESET_IN_BODY,
        TRUNCATE_BODY,
    }

    public companion object {
        /** The answer of the contract itself: a session, minted now. */
        @JvmStatic
        public fun mint(): ScriptedAnswer = ScriptedAnswer(mapOf("mint" to JsonPrimitive(true)))

        /** An answer with this HTTP status and no body. */
        @JvmStatic
        public fun status(status: Int): ScriptedAnswer = ScriptedAnswer(mapOf("status" to JsonPrimitive(status)))

        /** An answer in which something goes wrong; it is a session otherwise. */
        @JvmStatic
        public fun failing(fault: Fault): ScriptedAnswer = mint().fault(fault)
    }
}
