package com.renumerate.testing

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.ClientOptions
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.put
import java.net.URLEncoder
import java.nio.file.Path

/**
 * A Renumerate on this machine, for tests: no account, no network, and every failure on demand. It runs from [start] to
 * [close], and ends with this JVM at the latest.
 *
 * The customers `cus_not_found`, `cus_server_error`, `cus_rate_limited`, `cus_slow`, `cus_unstable` and `cus_html` fail as they
 * are called; any other gets a session. [script] makes customers of your own.
 *
 * ```kotlin
 * Sandbox.start().use { sandbox ->
 *     sandbox.script("cus_1", ScriptedAnswer.status(500), ScriptedAnswer.mint())
 *     val session = sandbox.client().use { it.createRetentionSession(customerId = "cus_1") }
 *     println(sandbox.requests().map { it.status }) // [500, 200]
 * }
 * ```
 */
public class Sandbox private constructor(private val process: SandboxProcess) : AutoCloseable {
    /** Where it listens: the `baseUrl` for a client. */
    public val url: String get() = process.url

    /** The key that it takes. */
    public val privateKey: String get() = process.privateKey

    /** A client of this sandbox, for coroutines. */
    public fun client(): Client = Client(options().build())

    /** A client of this sandbox, for threads. */
    public fun blockingClient(): BlockingClient = BlockingClient(options().build())

    /** A client of this sandbox, for futures. */
    public fun asyncClient(): AsyncClient = AsyncClient(options().build())

    /** What makes a client one of this sandbox, for further settings. */
    public fun options(): ClientOptions.Builder = ClientOptions.builder().privateKey(privateKey).baseUrl(url)

    /** Every request that came, in order. */
    public fun requests(): List<ReceivedRequest> = received("")

    /** Every request that came with this key, in order. */
    public fun requests(key: String): List<ReceivedRequest> = received("?key=${encoded(key)}")

    private fun received(query: String): List<ReceivedRequest> =
        process.ask("GET", "/_sandbox/requests$query").getValue("requests").jsonArray.map { receivedRequest(it.jsonObject) }

    /**
     * What a session id stands for.
     *
     * @throws IllegalArgumentException it was not minted here
     */
    public fun session(id: String): MintedSession = mintedSession(process.ask("GET", "/_sandbox/sessions/${encoded(id)}"))

    /**
     * Answers the requests for this customer so, one after the other and then from the start.
     *
     * @throws IllegalArgumentException an answer is not of the form
     */
    public fun script(customerId: String, vararg answers: ScriptedAnswer) {
        val case =
            buildJsonObject {
                put("name", "script_" + customerId.toByteArray().joinToString("") { "%02x".format(it) })
                put("when", JsonObject(mapOf("customer_id" to JsonPrimitive(customerId))))
                put("exchanges", JsonArray(answers.map { JsonObject(mapOf("answer" to it.json())) }))
            }
        add(JsonArray(listOf(case)))
    }

    /**
     * Takes cases in the form of the case files, as a JSON array; one of a known name takes the old one's place.
     *
     * @throws IllegalArgumentException a case is not of the form
     */
    public fun addCases(json: String): Unit = add(Json.parseToJsonElement(json))

    private fun add(cases: JsonElement) {
        process.ask("POST", "/_sandbox/cases", JsonObject(mapOf("cases" to cases)))
    }

    /** Forgets requests, sessions and how far scripts have got. The scripts themselves stay. */
    public fun reset() {
        process.ask("POST", "/_sandbox/reset")
    }

    /** Stops it, and closes its connections. */
    override fun close(): Unit = process.stop()

    override fun toString(): String = "Sandbox($url)"

    public companion object {
        /**
         * Starts one.
         *
         * @param privateKey the key to take; default: `sk_sandbox_local`
         * @param cases a folder of case files to play
         * @param seed a file with the customers that exist; default: all do
         * @param command the `renumerate` command; default: that of this jar, else the one on the path
         * @throws IllegalStateException there is no command, or it does not start, for the reason that it says itself
         */
        @JvmStatic
        @JvmOverloads
        public fun start(privateKey: String? = null, cases: Path? = null, seed: Path? = null, command: Path? = null): Sandbox {
            val given = mapOf("--key" to privateKey, "--cases" to cases?.toString(), "--seed" to seed?.toString())
            val options = given.flatMap { (name, value) -> if (value == null) emptyList() else listOf(name, value) }
            return Sandbox(SandboxProcess.start(command?.toString() ?: Command.find(), options))
        }

        private fun encoded(text: String) = URLEncoder.encode(text, Charsets.UTF_8)
    }
}
