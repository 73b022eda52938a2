// Where this runs, and processes that have nothing special in them.

package com.renumerate.bench

import java.io.File
import java.lang.ProcessBuilder.Redirect
import java.nio.file.Files
import java.nio.file.Path

// Proxies and files of certificates are looked at by some libraries, and JVMs take options from the environment.
// RENUMERATE_* would change our client.
private val CHANGES_A_CLIENT =
    Regex(".*_PROXY|SSL_CERT_(FILE|DIR)|RENUMERATE_.*|(JAVA_TOOL|JDK_JAVA|_JAVA)_OPTIONS|CLASSPATH", RegexOption.IGNORE_CASE)

private val JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString()

/** Ktor's library for logs is not to say on stderr that nobody takes them. */
private const val QUIET = "-Dslf4j.internal.verbosity=ERROR"

/** A program that is given lines and answers by lines; what it says on stderr is said on ours. */
internal fun start(command: List<String>): Process {
    val builder = ProcessBuilder(command).redirectError(Redirect.INHERIT)
    builder.environment().keys.removeIf(CHANGES_A_CLIENT::matches)
    return builder.start()
}

/** What starts this class of the benchmark in a JVM of its own, which has these jars beside. */
internal fun java(libraries: Libraries, jars: List<Jar>, main: String, vararg arguments: String): List<String> {
    val classPath = (listOf(libraries.own) + jars.map(Jar::file)).joinToString(File.pathSeparator)
    return listOf(JAVA, "-cp", classPath, QUIET, "com.renumerate.bench.$main", *arguments)
}

/** Keeps a process that runs, with all its threads, to this processor, or lets it have all that are ours. */
internal fun pin(process: Process, processor: Int?) {
    if (!canPin || !process.isAlive) return
    val taskset = listOf("taskset", "--all-tasks", "--pid", "--cpu-list", "${processor ?: ours}", "${process.pid()}")
    ProcessBuilder(taskset).redirectOutput(Redirect.DISCARD).start().waitFor()
}

/** The processors that the servers keep to. */
internal val PROCESSORS = listOf(0, 1)

/** As the kernel lists them: `0-3,6`. */
private val ours: String by lazy { fact("/proc/self/status", "Cpus_allowed_list").orEmpty() }

/** Whether the servers' processors are ours. */
internal val canPin: Boolean by lazy {
    val ranges = ours.split(',').map { range -> range.split('-').map(String::toInt) }
    PROCESSORS.all { processor -> ranges.any { processor in it.first()..it.last() } }
}

/** One line. */
internal fun facts(): String {
    fun property(name: String) = System.getProperty(name)
    val processor = fact("/proc/cpuinfo", "model name") ?: "an unnamed processor"
    val load = Files.readString(Path.of("/proc/loadavg")).split(' ').take(3)
    return "${property("java.vm.name")} ${property("java.version")}, ${property("os.name")} ${property("os.arch")}, " +
        "$processor, ${Runtime.getRuntime().availableProcessors()} processors; load before: ${load.joinToString()}"
}

/** Of the peers, in one line. */
internal fun versions(libraries: Libraries): String = listOf(OKHTTP, KTOR_CIO_ENGINE, JSON, COROUTINES, "kotlin-stdlib")
    .map(libraries::jar)
    .joinToString { "${it.name} ${it.version}" }

/** What the kernel says under this name. */
private fun fact(file: String, name: String): String? =
    Files.readAllLines(Path.of(file)).firstOrNull { it.startsWith(name) }?.substringAfter(':')?.trim()
