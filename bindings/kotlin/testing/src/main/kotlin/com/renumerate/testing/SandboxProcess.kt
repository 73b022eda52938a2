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
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** The process of a sandbox, which ends with its standard input, and so with this JVM. */
internal class SandboxProcess private constructor(private val process: Process, said: JsonObject) {
    val url = said.getValue("url").jsonPrimitive.content
    val privateKey = said.getValue("private_key").jsonPrimitive.content

    /** Asks the sandbox about itself, not through a proxy. */
    fun ask(method: String, path: String, body: JsonObject? = null): JsonObject {
        check(process.isAlive) { "the sandbox has ended" }
        val connection = URI(url + path).toURL().openConnection(Proxy.NO_PROXY) as HttpURLConnection
        connection.requestMethod = method
        connection.connectTimeout = PATIENCE_MS
        connection.readTimeout = PATIENCE_MS
        if (body != null) {
            connection.doOutput = true
            connection.outputStream.use { it.write(body.toString().toByteArray()) }
        }
        val refused = connection.responseCode >= HttpURLConnection.HTTP_BAD_REQUEST
        val stream: InputStream? = if (refused) connection.errorStream else connection.inputStream
        val text = stream?.use { it.readBytes().decodeToString() }.orEmpty()
        val answer = if (text.isEmpty()) JsonObject(emptyMap()) else Json.parseToJsonElement(text).jsonObject
        require(!refused) { "the sandbox refuses: ${answer["error"]?.jsonPrimitive?.content}" }
        return answer
    }

    fun stop() {
        process.destroy()
        if (!process.waitFor(STOPS_WITHIN_S, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
    }

    companion object {
        private const val PATIENCE_MS = 30_000
        private const val STOPS_WITHIN_S = 5L

        fun start(command: String, options: List<String>): SandboxProcess {
            val arguments = listOf(command, "sandbox", "--port", "0", "--json", "--until-stdin-ends") + options
            val process =
                try {
                    ProcessBuilder(arguments).start()
                } catch (error: IOException) {
                    throw IllegalStateException(
                        "there is no command $command: put renumerate-testing for this platform on the class path",
                        error,
                    )
                }
            val line = process.inputReader().readLine()
            if (line == null) {
                val reason = process.errorReader().readText().trim().ifEmpty { "it says nothing" }
                throw IllegalStateException("the sandbox does not start: $reason")
            }
            // Nobody reads what it says from now on, and a full pipe would hold it up.
            for (stream in listOf(process.inputStream, process.errorStream)) {
                thread(isDaemon = true, name = "renumerate-sandbox") { runCatching { stream.skip(Long.MAX_VALUE) } }
            }
            return try {
                SandboxProcess(process, Json.parseToJsonElement(line).jsonObject)
            } catch (error: RuntimeException) {
                process.destroyForcibly()
                throw IllegalStateException("$command is no sandbox: it does not say where it listens", error)
            }
        }
    }
}
