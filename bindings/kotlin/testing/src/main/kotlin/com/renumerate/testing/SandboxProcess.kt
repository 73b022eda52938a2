package com.renumerate.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.BufferedReader
import java.io.IOException
import java.io.UncheckedIOException
import java.nio.file.Path
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread
import kotlin.io.path.exists
import kotlin.time.Duration.Companion.milliseconds

/** Process of a sandbox. It exits when its standard input is closed, at the latest when this JVM exits. */
internal class SandboxProcess private constructor(private val process: Process, startup: JsonObject) {
    val url = startup.getValue("url").jsonPrimitive.content
    val privateKey = startup.getValue("private_key").jsonPrimitive.content
    val publicKey = startup["public_key"]?.jsonPrimitive?.content

    /** Sends a request to the control API of the sandbox, and returns the response. */
    fun request(method: String, path: String, body: JsonObject? = null): JsonObject {
        val response = send(method, path, body)
        val members = if (response.text.isEmpty()) JsonObject(emptyMap()) else Json.parseToJsonElement(response.text).jsonObject
        require(response.status < BAD_REQUEST) { "the sandbox refuses: ${members.text("error")}" }
        return members
    }

    /** Exchanges a handshake token; [Sandbox.exchange] describes the errors. */
    fun exchange(token: String): ExchangedSession {
        val body = JsonObject(mapOf("handshakeToken" to JsonPrimitive(token)))
        val response =
            try {
                send("POST", "/v1/session/exchange", body)
            } catch (error: IOException) {
                throw UncheckedIOException("could not exchange the token: ${error.message}", error)
            }
        val members = runCatching { Json.parseToJsonElement(response.text).jsonObject }.getOrNull()
        val session = if (response.status == OK) exchangedSession(members) else null
        val message = members?.get("error")?.let { it as? JsonPrimitive }?.content ?: "the response contains no session"
        val note = response.note?.let { "; $it" }.orEmpty()
        return requireNotNull(session) { "could not exchange the token: $message (status ${response.status})$note" }
    }

    private fun send(method: String, path: String, body: JsonObject?): SandboxRequests.Response {
        check(process.isAlive) { "the sandbox has ended" }
        return SandboxRequests.send(method, url + path, body?.toString())
    }

    fun stop() {
        process.destroy()
        if (!process.waitFor(STOP_TIMEOUT_S, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
    }

    companion object {
        private const val OK = 200
        private const val BAD_REQUEST = 400
        private const val START_TIMEOUT_MS = 30_000L
        private const val STOP_TIMEOUT_S = 5L
        private const val CHECK = "check that it is the renumerate command"

        private fun startError(problem: String, cause: Exception? = null) =
            IllegalStateException("could not start the sandbox: $problem", cause)

        private fun spawnProblem(command: String, error: IOException): String =
            if (isMissing(command)) Command.missing(command) else Command.rejected(command, error.cause?.message ?: error.message)

        private fun noUrl(command: String) = "the command $command did not print the URL of a sandbox; $CHECK"

        /** Returns whether the command does not exist. `ProcessBuilder` searches a name without a folder on the `PATH`. */
        private fun isMissing(command: String) = Path.of(command).parent == null || !Path.of(command).exists()

        fun start(command: String, options: List<String>, startTimeoutMs: Long = START_TIMEOUT_MS): SandboxProcess {
            val arguments = listOf(command, "sandbox", "--port", "0", "--json", "--until-stdin-ends") + options
            val process =
                try {
                    ProcessBuilder(arguments).start()
                } catch (error: IOException) {
                    throw startError(spawnProblem(command, error), error)
                }
            val startup =
                try {
                    startupLine(command, process, startTimeoutMs)
                } catch (error: IllegalStateException) {
                    process.destroyForcibly()
                    throw error
                }
            return try {
                SandboxProcess(process, Json.parseToJsonElement(startup).jsonObject)
            } catch (error: RuntimeException) {
                process.destroyForcibly()
                throw startError(noUrl(command), error)
            }
        }

        /** Waits for the line in which the sandbox reports its URL and its key. */
        private fun startupLine(command: String, process: Process, timeoutMs: Long): String {
            val output = firstLine(process.inputReader())
            val errors = firstLine(process.errorReader())
            val problem =
                try {
                    output.get(timeoutMs, TimeUnit.MILLISECONDS)?.let { return it }
                    errors.completeOnTimeout(null, 1, TimeUnit.SECONDS).get()?.trim().orEmpty().ifEmpty { noUrl(command) }
                } catch (_: TimeoutException) {
                    "the command $command printed nothing within ${timeoutMs.milliseconds}; $CHECK"
                } catch (_: InterruptedException) {
                    Thread.currentThread().interrupt()
                    "the thread was interrupted"
                }
            throw startError(problem)
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
