package com.renumerate.bench

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.div
import kotlin.io.path.fileSize

/** One library's jar. */
internal class Jar(val name: String, val version: String, val file: Path) {
    val size: Long get() = file.fileSize()
}

/** The jars of all libraries, and which of them need which, as the build has written both below this folder. */
internal class Libraries(home: Path) {
    private val jars = HashMap<String, Jar>()
    private val needs = HashMap<String, MutableSet<String>>()

    /** The benchmark's own. */
    val own: Path = home / "renumerate-bench-0.1.0.jar"

    init {
        for (edge in Files.readAllLines(home / "libraries.dot").mapNotNull(EDGE::find)) {
            val (from, name, version, remark) = edge.destructured
            needs.getOrPut(from, ::LinkedHashSet).add(name)
            // Of several versions one is taken: where the others would be is a remark.
            if ("omitted" !in remark) jars[name] = Jar(name, version, home / "libraries" / "$name-$version.jar")
        }
    }

    fun jar(name: String): Jar = jars.getValue(name)

    /** These, and all that they need, and that those need. */
    fun withAllTheyNeed(vararg names: String): List<Jar> {
        val found = linkedSetOf(*names)
        val waiting = ArrayDeque(found)
        while (waiting.isNotEmpty()) {
            waiting.addAll(needs[waiting.removeFirst()].orEmpty().filter(found::add))
        }
        return found.map(::jar)
    }

    private companion object {
        /** `"group:name:jar:version:scope" -> "group:name:jar:version:scope"`, with remarks on the second. */
        val EDGE = Regex("""^\s*"[^:]+:([^:]+):[^"]+" -> "\(?[^:]+:([^:]+):jar:([^:]+):([^"]+)"""")
    }
}
