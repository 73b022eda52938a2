// The table of sizes: what an application takes on, dependencies included.

package com.renumerate.bench

import java.io.OutputStream
import java.util.zip.GZIPOutputStream
import java.util.zip.ZipFile

/** What is there already wherever coroutines are used. */
private val KOTLIN = setOf("kotlin-stdlib", "annotations", COROUTINES)

private const val PEER = "okhttp + json"

private val MEASURED =
    mapOf(
        RENUMERATE to listOf(RENUMERATE),
        PEER to listOf(OKHTTP, JSON),
        "json, for java.net.http" to listOf(JSON),
        "ktor-client-cio + json" to listOf(KTOR_CIO_ENGINE, JSON),
        "ktor-client-okhttp + json" to listOf(KTOR_OKHTTP_ENGINE, JSON),
    )

internal fun printSizes(libraries: Libraries) {
    fun beside(names: List<String>) =
        libraries.withAllTheyNeed(*names.toTypedArray()).filterNot { it.name in KOTLIN }.sumOf(Jar::size)
    val peer = beside(MEASURED.getValue(PEER)).toDouble()
    printTable(
        "jars, ours with the native code of this platform alone; ratios to $PEER; json is $JSON",
        listOf("alone", "in all", "beside Kotlin", "ratio", "dependencies"),
        MEASURED.mapValues { (_, names) ->
            val all = libraries.withAllTheyNeed(*names.toTypedArray())
            Row.Figures(
                megabytes(libraries.jar(names.first()).size),
                megabytes(all.sumOf(Jar::size)),
                megabytes(beside(names)),
                (beside(names) / peer).fixed(2),
                "${all.size - 1}",
            )
        },
    )
    val needs = libraries.withAllTheyNeed(RENUMERATE).drop(1).joinToString { "${it.name} ${megabytes(it.size)}" }
    println("beside Kotlin: without its standard library and coroutines; $RENUMERATE needs $needs")
    printNative(libraries.jar(RENUMERATE))
}

private fun printNative(jar: Jar) {
    ZipFile(jar.file.toFile()).use { archive ->
        for (entry in archive.entries()) {
            if (!entry.name.endsWith(".so")) continue
            val gzip = gzipSize(archive.getInputStream(entry).readAllBytes())
            println("of its jar, native code: ${entry.name}, ${megabytes(entry.size)}, as gzip ${megabytes(gzip)}")
        }
    }
}

private fun gzipSize(bytes: ByteArray): Long {
    val counting =
        object : OutputStream() {
            var size = 0L

            override fun write(byte: Int) {
                size += 1
            }
        }
    GZIPOutputStream(counting).use { it.write(bytes) }
    return counting.size
}
