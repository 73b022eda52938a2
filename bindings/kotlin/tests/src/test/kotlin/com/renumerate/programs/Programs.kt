package com.renumerate.programs

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** The exit status and the output of a JVM of its own. */
class Ended(val status: Int, val said: String)

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
    val said = process.inputStream.readBytes().decodeToString()
    process.waitFor()
    watch.interrupt()
    return Ended(process.exitValue(), said)
}
