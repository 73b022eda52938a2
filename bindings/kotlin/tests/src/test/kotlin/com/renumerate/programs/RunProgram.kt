package com.renumerate.programs

import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** Exit status and output of a child JVM. */
class ProcessResult(val status: Int, val output: String)

/** Class path of these tests. */
val classPath: List<String> = System.getProperty("java.class.path").split(File.pathSeparator)

/** Path of the client's jar. */
val clientJar: String = classPath.single { "renumerate-kotlin" in it }

/** Runs the main function of a file of this folder in a child JVM, for at most 100 seconds. */
fun runProgram(
    file: String,
    vararg arguments: String,
    classPath: List<String> = com.renumerate.programs.classPath,
    options: List<String> = emptyList(),
    environment: Map<String, String> = emptyMap(),
    java: Path = Path.of(System.getProperty("java.home"), "bin", "java"),
    wrapper: List<String> = emptyList(),
): ProcessResult {
    val main = listOf("-cp", classPath.joinToString(File.pathSeparator), "com.renumerate.programs.${file}Kt")
    val command = wrapper + "$java" + options + main
    val builder = ProcessBuilder(command + arguments).redirectErrorStream(true)
    builder.environment().putAll(environment)
    val process = builder.start()
    val watchdog = thread(isDaemon = true) { if (!process.waitFor(100, TimeUnit.SECONDS)) process.destroyForcibly() }
    val output = process.inputStream.readBytes().decodeToString()
    process.waitFor()
    watchdog.interrupt()
    return ProcessResult(process.exitValue(), output)
}
