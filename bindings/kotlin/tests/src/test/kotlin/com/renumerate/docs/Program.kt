package com.renumerate.docs

import com.renumerate.PUBLIC_KEY
import com.renumerate.testing.Sandbox
import java.io.BufferedReader
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** Exit status and output of a program. */
class ProgramResult(val status: Int, val out: String, val err: String)

/** Child process, which is killed when the tests exit. */
class Program(command: List<String>, environment: Map<String, String> = emptyMap()) : AutoCloseable {
    private val announcedPort = CompletableFuture<String>()
    private val out = StringBuffer()
    private val err = StringBuffer()
    private val process = ProcessBuilder(command).apply { environment().putAll(environment) }.start()
    private val readers = listOf(reader(process.inputReader(), out), reader(process.errorReader(), err))

    init {
        Runtime.getRuntime().addShutdownHook(Thread { process.destroyForcibly() })
        process.onExit().thenRun {
            announcedPort.completeExceptionally(IllegalStateException("the program exited with ${process.exitValue()}: $out$err"))
        }
    }

    private fun reader(from: BufferedReader, into: StringBuffer) = thread(isDaemon = true) {
        runCatching {
            from.forEachLine { line ->
                into.append(line).append('\n')
                PORT.find(line)?.let { announcedPort.complete(it.groupValues[1]) }
            }
        }
    }

    /** Waits for the line with the port of the server, and returns the port. */
    fun port(): String = announcedPort.get(TIMEOUT_S, TimeUnit.SECONDS)

    /** Waits until the program exits. */
    fun waitForExit(): ProgramResult {
        check(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) { "the program did not exit: $out$err" }
        readers.forEach { it.join() }
        return ProgramResult(process.exitValue(), "$out", "$err")
    }

    /** Stops the program with SIGTERM, as a service manager does. */
    fun stop(): ProgramResult {
        process.destroy()
        return waitForExit()
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        private const val TIMEOUT_S = 100L
        private val PORT = Regex("(?:Responding at http://127[.]0[.]0[.]1:|Tomcat started on port )(\\d+)")

        /** Starts the jar of an example. */
        fun ofExample(folder: String, jar: String, vararg arguments: String, environment: Map<String, String>): Program {
            val java = Path.of(System.getProperty("java.home"), "bin", "java")
            return Program(listOf("$java", "-jar", "$ROOT/bindings/kotlin/examples/$folder/target/$jar", *arguments), environment)
        }
    }
}

/** Environment variables that point a program to this sandbox. */
fun Sandbox.environment(): Map<String, String> = mapOf(
    "RENUMERATE_BASE_URL" to url,
    "RENUMERATE_PRIVATE_KEY" to privateKey,
    "RENUMERATE_PUBLIC_KEY" to PUBLIC_KEY,
)
