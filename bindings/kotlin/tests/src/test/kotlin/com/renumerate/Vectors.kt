package com.renumerate

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText

/** The cases that every language plays, and their expectations altered. */
object Vectors {
    val folder: Path = Path.of(System.getProperty("vectors"))

    /** Every case, in the order of the files. */
    val cases: List<JsonObject> by lazy {
        folder.listDirectoryEntries("*.json").sorted().flatMap { file ->
            Json.parseToJsonElement(file.readText()).jsonObject.getValue("cases").jsonArray.map { it.jsonObject }
        }
    }

    /** What was altered, and the case that no client can fulfil: the sandbox's crate writes them. */
    val altered: List<Pair<String, JsonObject>> by lazy {
        Json.parseToJsonElement(Path.of(System.getProperty("altered.cases")).readText()).jsonArray.map {
            it.jsonObject.getValue("what").jsonPrimitive.content to it.jsonObject.getValue("case").jsonObject
        }
    }

    fun nameOf(case: JsonObject): String = case.getValue("name").jsonPrimitive.content

    /** What a name of the cases is in this language. */
    fun camelCase(name: String): String = Regex("(?<=[a-z])_([a-z])").replace(name) { it.groupValues[1].uppercase() }
}
