package com.renumerate.docs

import com.renumerate.testing.Sandbox
import java.io.BufferedReader
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** How a program has ended, and all that it said. */
class Ended(val status: Int, val out: String, val err: String)

/** A program in a process of its own, which ends with these tests at the latest. */
class Program(command: List<String>, environment: Map<String, String> = emptyMap()) : AutoCloseable {
    private val announced = CompletableFuture<String>()
    private val out = StringBuffer()
    private val err = StringBuffer()
    private val process = ProcessBuilder(command).apply { environment().putAll(environment) }.start()
    private val readers = listOf(reader(process.inputReader(), out), reader(process.errorReader(), err))

    init {
        Runtime.getRuntime().addShutdownHook(Thread { process.destroyForcibly() })
        process.onExit().thenRun {
            announced.completeExceptionally(IllegalStateException("it has ended with ${process.exitValue()}: $out$err"))
        }
    }

    private fun reader(from: BufferedReader, into: StringBuffer) = thread(isDaemon = true) {
        runCatching {
            from.forEachLine { line ->
                into.append(line).append('\n')
                PORT.find(line)?.let { announced.complete(it.groupValues[1]) }
            }
        }
    }

    /** The port that it says it listens on, once it does. */
    fun port(): String = announced.get(PATIENCE_S, TimeUnit.SECONDS)

    /** Waits for its end. */
    fun end(): Ended {
        check(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) { "it does not end: $out$err" }
        readers.forEach { it.join() }
        return Ended(process.exitValue(), "$out", "$err")
    }

    /** Ends it as a service manager does, and returns what it said. */
    fun stop(): Ended {
        process.destroy()
        return end()
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        private const val PATIENCE_S = 100L
        private val PORT = Regex("(?:Responding at http://127[.]0[.]0[.]1:|Tomcat started on port )(\\d+)")

        /** Starts the jar of an example. */
        fun ofExample(folder: String, jar: String, vararg given: String, environment: Map<String, String>): Program {
            val java = Path.of(System.getProperty("java.home"), "bin", "java")
            return Program(listOf("$java", "-jar", "$ROOT/bindings/kotlin/examples/$folder/target/$jar", *given), environment)
        }
    }
}

/** What a program is told of the sandbox. */
fun Sandbox.environment(): Map<String, String> = mapOf("RENUMERATE_BASE_URL" to url, "RENUMERATE_PRIVATE_KEY" to privateKey)
