package com.renumerate.trials

import com.renumerate.ClientOptions
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.doubleOrNull
import kotlinx.serialization.json.jsonPrimitive

/** Options or parameters in this language's names, with times in milliseconds. */
fun translated(named: JsonObject): Map<String, Any?> = named.entries.associate { (name, value) ->
    val given = value.jsonPrimitive
    val number = given.doubleOrNull.takeUnless { given.isString }
    camelCase(name) to if (number == null) given.content.takeUnless { value is JsonNull } else number * scale(name)
}

/** A client's options, and a logger that prints, or none. */
fun optionsOf(named: Map<String, Any?>, log: Boolean): ClientOptions {
    val builder = ClientOptions.builder()
    if (log) builder.logger { System.err.println("${it.level} ${it.message}") }
    named.forEach(builder::option)
    return builder.build()
}

/** `privateKey` as `private_key`. */
fun snakeCase(name: String): String = name.replace(Regex("[A-Z]")) { "_${it.value.lowercase()}" }

private fun camelCase(name: String) = name.replace(Regex("(?<=[a-z])_([a-z])")) { it.groupValues[1].uppercase() }

private fun scale(name: String) = if (name.endsWith("timeout")) 1e3 else 1.0
