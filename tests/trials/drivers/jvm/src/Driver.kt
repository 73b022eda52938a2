package com.renumerate.trials

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.double
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlin.time.DurationUnit
import kotlin.time.measureTimedValue

/**
 * Does what the trials tell it, a line of JSON at a time, and answers each with a line. When its input ends it does not exit:
 * nothing that the package leaves behind may keep it from ending by itself.
 */
fun main(arguments: Array<String>) {
    val driver = Driver(faces.getValue(arguments.single()))
    for (line in generateSequence(::readlnOrNull)) println(driver.answer(Json.parseToJsonElement(line).jsonObject))
}

private val faces = mapOf("kotlin" to SuspendFace, "java" to BlockingFace.INSTANCE)

private class Driver(private val face: Face) {
    private var client: Face.Opened? = null

    fun answer(told: JsonObject): JsonObject = when (val what = told.text("do")) {
        "open" -> open(told.member("client"), told["log"]?.jsonPrimitive?.boolean ?: true)
        "call" -> call(told)
        "calls" -> calls(told.count("count"), told.count("at_once"))
        "cancel" -> cancel(told.count("count"), told.count("at_once"), told.getValue("longest").jsonPrimitive.double)
        "measure" -> measure()
        "close" -> close()
        else -> error("there is no $what")
    }

    private fun open(options: JsonObject, log: Boolean): JsonObject {
        close()
        val opened = runCatching { face.open(optionsOf(translated(options), log)) }
        client = opened.getOrNull()
        val error = opened.exceptionOrNull() ?: return JsonObject(mapOf("opened" to JsonPrimitive(true)))
        return seen("error", asError(error), 0.0, formsOf(error))
    }

    private fun call(told: JsonObject): JsonObject {
        val client = opened()
        val subscription = told.text("method") == "create_subscription_session"
        val (parameters, options) = listOf("parameters", "options").map { translated(told.member(it)) }
        val (result, took) = measureTimedValue { runCatching { client.call(subscription, parameters, options) } }
        val seconds = took.toDouble(DurationUnit.SECONDS)
        return result.fold(
            { session -> seen("session", asSession(session), seconds, formsOf(client.client()) + formsOf(session)) },
            { error -> seen("error", asError(error), seconds, formsOf(client.client()) + formsOf(error)) },
        )
    }

    private fun seen(name: String, what: JsonObject, seconds: Double, shown: List<String>) = buildJsonObject {
        put(name, what)
        put("seconds", seconds)
        put("shown", JsonArray(shown.map(::JsonPrimitive)))
    }

    private fun calls(count: Int, atOnce: Int): JsonObject {
        val ends = Ends()
        opened().calls(count, atOnce, ends)
        return JsonObject(ends.toJson() - "cancelled")
    }

    private fun cancel(count: Int, atOnce: Int, longest: Double): JsonObject {
        val ends = Ends()
        RandomTimes(longest).use { opened().cancel(count, atOnce, it, ends) }
        return JsonObject(ends.toJson() - "attempts")
    }

    private fun measure() = buildJsonObject {
        put("heap", liveHeap())
        put("tasks", face.tasks())
        put("listeners", JsonNull)
    }

    private fun close(): JsonObject {
        client?.close()
        client = null
        return JsonObject(mapOf("closed" to JsonPrimitive(true)))
    }

    private fun opened() = checkNotNull(client) { "no client is open" }
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

private fun JsonObject.count(name: String): Int = getValue(name).jsonPrimitive.int

private fun JsonObject.member(name: String): JsonObject = get(name)?.jsonObject ?: JsonObject(emptyMap())
