package com.renumerate.programs

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.time.Duration
import kotlin.time.TimeSource

/** What a JVM of its own has said and how it ended; [ending] is the time from its last word to its end. */
class Ended(val status: Int, val said: String, val ending: Duration)

/** The jars and folders of these tests. */
val classPath: List<String> = System.getProperty("java.class.path").split(File.pathSeparator)

/** The client's own jar, which is what is tested. */
val clientJar: String = classPath.single { "renumerate-kotlin" in it }

/** Runs the main function of a file of this folder in a JVM of its own. */
fun runProgram(
    file: String,
    vararg arguments: String,
    classPath: List<String> = com.renumerate.programs.classPath,
    options: List<String> = emptyList(),
    environment: Map<String, String> = emptyMap(),
    java: Path = Path.of(System.getProperty("java.home"), "bin", "java"),
): Ended {
    val command =
        listOf("$java") + options + listOf("-cp", classPath.joinToString(File.pathSeparator), "com.renumerate.programs.${file}Kt")
    val builder = ProcessBuilder(command + arguments).redirectErrorStream(true)
    builder.environment().putAll(environment)
    val process = builder.start()
    val watch = thread(isDaemon = true) { if (!process.waitFor(100, TimeUnit.SECONDS)) process.destroyForcibly() }
    val said = StringBuilder()
    var last = TimeSource.Monotonic.markNow()
    process.inputReader().forEachLine { line ->
        last = TimeSource.Monotonic.markNow()
        said.append(line).append('\n')
    }
    process.waitFor()
    watch.interrupt()
    return Ended(process.exitValue(), "$said", last.elapsedNow())
}
