package com.renumerate.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.BufferedReader
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.Proxy
import java.net.URI
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread
import kotlin.io.path.exists
import kotlin.io.path.isExecutable
import kotlin.time.Duration.Companion.milliseconds

/** Process of a sandbox. It exits when its standard input is closed, at the latest when this JVM exits. */
internal class SandboxProcess private constructor(private val process: Process, startup: JsonObject) {
    val url = startup.getValue("url").jsonPrimitive.content
    val privateKey = startup.getValue("private_key").jsonPrimitive.content

    /** Sends a request to the control API of the sandbox, without a proxy, and returns the response. */
    fun request(method: String, path: String, body: JsonObject? = null): JsonObject {
        check(process.isAlive) { "the sandbox has ended" }
        val connection = URI(url + path).toURL().openConnection(Proxy.NO_PROXY) as HttpURLConnection
        connection.requestMethod = method
        connection.connectTimeout = TIMEOUT_MS
        connection.readTimeout = TIMEOUT_MS
        if (body != null) {
            connection.doOutput = true
            connection.outputStream.use { it.write(body.toString().toByteArray()) }
        }
        val isError = connection.responseCode >= HttpURLConnection.HTTP_BAD_REQUEST
        val stream: InputStream? = if (isError) connection.errorStream else connection.inputStream
        val text = stream?.use { it.readBytes().decodeToString() }.orEmpty()
        val response = if (text.isEmpty()) JsonObject(emptyMap()) else Json.parseToJsonElement(text).jsonObject
        require(!isError) { "the sandbox refuses: ${response["error"]?.jsonPrimitive?.content}" }
        return response
    }

    fun stop() {
        process.destroy()
        if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
    }

    companion object {
        private const val TIMEOUT_MS = 30_000
        private const val STOP_TIMEOUT_S = 5L

        private fun startProblem(command: Path, error: IOException): String = when {
            !command.exists() -> "there is no command $command: put renumerate-testing for this platform on the class path"
            command.isExecutable() -> "cannot run the command $command: ${error.cause?.message ?: error.message}"
            else -> "the command $command cannot be executed: ${error.cause?.message ?: error.message}; ${Command.REMEDY}"
        }

        fun start(command: String, options: List<String>, startTimeoutMs: Long = TIMEOUT_MS.toLong()): SandboxProcess {
            val arguments = listOf(command, "sandbox", "--port", "0", "--json", "--until-stdin-ends") + options
            val process =
                try {
                    ProcessBuilder(arguments).start()
                } catch (error: IOException) {
                    throw IllegalStateException(startProblem(Path.of(command), error), error)
                }
            val startup =
                try {
                    startupLine(process, startTimeoutMs)
                } catch (error: IllegalStateException) {
                    process.destroyForcibly()
                    throw error
                }
            return try {
                SandboxProcess(process, Json.parseToJsonElement(startup).jsonObject)
            } catch (error: RuntimeException) {
                process.destroyForcibly()
                throw IllegalStateException("$command is no sandbox: it does not say where it listens", error)
            }
        }

        /** Waits for the line in which the sandbox reports its URL and its key. */
        private fun startupLine(process: Process, timeoutMs: Long): String {
            val output = firstLine(process.inputReader())
            val errors = firstLine(process.errorReader())
            val reason =
                try {
                    output.get(timeoutMs, TimeUnit.MILLISECONDS)?.let { return it }
                    errors.completeOnTimeout(null, 1, TimeUnit.SECONDS).get()?.trim().orEmpty().ifEmpty { "it says nothing" }
                } catch (_: TimeoutException) {
                    "it has printed nothing within ${timeoutMs.milliseconds}"
                } catch (_: InterruptedException) {
                    Thread.currentThread().interrupt()
                    "the thread was interrupted"
                }
            throw IllegalStateException("the sandbox does not start: $reason")
        }

        /**
         * Returns the first line, or `null` if there is none. A background thread reads it, and discards the output after
         * it, because a full pipe would block the sandbox.
         */
        private fun firstLine(reader: BufferedReader): CompletableFuture<String?> {
            val line = CompletableFuture<String?>()
            thread(isDaemon = true, name = "renumerate-sandbox") {
                runCatching {
                    line.complete(reader.readLine())
                    reader.skip(Long.MAX_VALUE)
                }
                line.complete(null) // reading has failed
            }
            return line
        }
    }
}
