package com.renumerate.testing

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.Proxy
import java.net.URI
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.io.path.exists
import kotlin.io.path.isExecutable

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

        fun start(command: String, options: List<String>): SandboxProcess {
            val arguments = listOf(command, "sandbox", "--port", "0", "--json", "--until-stdin-ends") + options
            val process =
                try {
                    ProcessBuilder(arguments).start()
                } catch (error: IOException) {
                    throw IllegalStateException(startProblem(Path.of(command), error), error)
                }
            val startup = process.inputReader().readLine()
            if (startup == null) {
                val reason = process.errorReader().readText().trim().ifEmpty { "it says nothing" }
                throw IllegalStateException("the sandbox does not start: $reason")
            }
            // Reads and discards further output of the sandbox, because a full pipe would block the sandbox.
            for (stream in listOf(process.inputStream, process.errorStream)) {
                thread(isDaemon = true, name = "renumerate-sandbox") { runCatching { stream.skip(Long.MAX_VALUE) } }
            }
            return try {
                SandboxProcess(process, Json.parseToJsonElement(startup).jsonObject)
            } catch (error: RuntimeException) {
                process.destroyForcibly()
                throw IllegalStateException("$command is no sandbox: it does not say where it listens", error)
            }
        }
    }
}
