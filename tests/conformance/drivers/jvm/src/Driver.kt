package com.renumerate.conformance

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.double
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlin.time.DurationUnit
import kotlin.time.measureTimedValue

/**
 * Driver of the JVM clients. `tests/README.md` documents the protocol. When its input ends, it does not call
 * `exitProcess`: the process must exit unless the library keeps it alive.
 */
fun main(arguments: Array<String>) {
    val driver = Driver(flavors.getValue(arguments.single()))
    for (line in generateSequence(::readlnOrNull)) println(driver.run(Json.parseToJsonElement(line).jsonObject))
}

private val flavors = mapOf("kotlin" to SuspendFlavor, "java" to BlockingFlavor.INSTANCE, "java-async" to FutureFlavor)

private class Driver(private val flavor: ClientFlavor) {
    private var client: ClientFlavor.OpenClient? = null

    fun run(command: JsonObject): JsonObject = when (val name = command.text("do")) {
        "open" -> open(command.member("client"), command["log"]?.jsonPrimitive?.boolean ?: true)
        "call" -> call(command)
        "calls" -> calls(command.count("count"), command.count("concurrency"))
        "cancel" -> cancel(command.count("count"), command.count("concurrency"), command.seconds("max_delay"))
        "measure" -> measure()
        "close" -> close()
        else -> error("unknown command $name")
    }

    private fun open(options: JsonObject, log: Boolean): JsonObject {
        close()
        val opened = runCatching { flavor.open(values(options), log) }
        client = opened.getOrNull()
        val error = opened.exceptionOrNull() ?: return JsonObject(mapOf("opened" to JsonPrimitive(true)))
        return report("error", errorReport(error), 0.0, formsOf(error))
    }

    private fun call(command: JsonObject): JsonObject {
        val client = openClient()
        val method = command.text("method")
        val (parameters, options) = listOf("parameters", "options").map { values(command.member(it)) }
        val (result, took) =
            measureTimedValue {
                runCatching {
                    if (method == "create_handshake_token") {
                        client.token(parameters["customerId"] as String)
                    } else {
                        client.call(method == "create_subscription_session", parameters, options)
                    }
                }
            }
        val outcome = result.getOrElse { it }
        val (name, members) = outcomeReport(outcome)
        return report(name, members, took.toDouble(DurationUnit.SECONDS), formsOf(client.client()) + formsOf(outcome))
    }

    private fun report(name: String, outcome: JsonObject, seconds: Double, shown: List<String>) = buildJsonObject {
        put(name, outcome)
        put("seconds", seconds)
        put("shown", JsonArray(shown.map(::JsonPrimitive)))
    }

    private fun calls(count: Int, concurrency: Int): JsonObject {
        val tally = Tally()
        openClient().calls(count, concurrency, tally)
        return JsonObject(tally.toJson() - "cancelled")
    }

    private fun cancel(count: Int, concurrency: Int, maxDelay: Double): JsonObject {
        val tally = Tally()
        RandomTimes(maxDelay).use { openClient().cancel(count, concurrency, it, tally) }
        return JsonObject(tally.toJson() - "attempts")
    }

    private fun measure() = buildJsonObject {
        put("heap", liveHeap())
        put("tasks", flavor.tasks())
        put("listeners", JsonNull)
    }

    private fun close(): JsonObject {
        client?.close()
        client = null
        return JsonObject(mapOf("closed" to JsonPrimitive(true)))
    }

    private fun openClient() = checkNotNull(client) { "no client is open" }
}

private fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

private fun JsonObject.count(name: String): Int = getValue(name).jsonPrimitive.int

private fun JsonObject.seconds(name: String): Double = getValue(name).jsonPrimitive.double

private fun JsonObject.member(name: String): JsonObject = get(name)?.jsonObject ?: JsonObject(emptyMap())

/** Options or parameters: texts, numbers and nulls. */
private fun values(named: JsonObject): Map<String, Any?> = named.mapValues { (_, value) ->
    val primitive = value.jsonPrimitive
    val number = primitive.doubleOrNull.takeUnless { primitive.isString }
    number ?: primitive.content.takeUnless { value is JsonNull }
}
