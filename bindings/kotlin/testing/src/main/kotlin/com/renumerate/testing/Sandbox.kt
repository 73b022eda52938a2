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
 * Local Renumerate service for tests. It needs no account and no network, and tests can make it fail. It runs from
 * [start] until [close], or until this JVM exits.
 *
 * Each of these customer ids triggers the failure in its name: `cus_not_found`, `cus_server_error`, `cus_rate_limited`,
 * `cus_slow`, `cus_unstable` and `cus_html`. For any other id, the sandbox creates a session unless you set other
 * responses with [script].
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
    /** URL of the sandbox, for the `baseUrl` of a client. */
    public val url: String get() = process.url

    /** Private key that the sandbox accepts. */
    public val privateKey: String get() = process.privateKey

    /** Public key of the sandbox's brand, for handshake tokens, or `null` if the `renumerate` command has none. */
    public val publicKey: String? get() = process.publicKey

    /** Returns a new client of this sandbox, for coroutines. */
    public fun client(): Client = Client(options().build())

    /** Returns a new client of this sandbox, for threads. */
    public fun blockingClient(): BlockingClient = BlockingClient(options().build())

    /** Returns a new client of this sandbox, for futures. */
    public fun asyncClient(): AsyncClient = AsyncClient(options().build())

    /** Returns a builder with the URL and the keys of this sandbox, for a client with further settings. */
    public fun options(): ClientOptions.Builder = ClientOptions.builder().privateKey(privateKey).publicKey(publicKey).baseUrl(url)

    /** Returns the received requests, in order. */
    public fun requests(): List<ReceivedRequest> = received("")

    /** Returns the requests received with this private key, in order. */
    public fun requests(key: String): List<ReceivedRequest> = received("?key=${encoded(key)}")

    private fun received(query: String): List<ReceivedRequest> =
        process.request("GET", "/_sandbox/requests$query").getValue("requests").jsonArray.map { receivedRequest(it.jsonObject) }

    /**
     * Returns the parameters with which a session was created.
     *
     * @throws IllegalArgumentException this sandbox has not created the session
     */
    public fun session(id: String): MintedSession = mintedSession(process.request("GET", "/_sandbox/sessions/${encoded(id)}"))

    /**
     * Returns a customer with its subscriptions, for example to get a `subscriptionId`. Unless the sandbox has a seed,
     * every customer exists, and its data is generated from the id.
     *
     * @param id id or e-mail address of the customer
     * @throws IllegalArgumentException the seed has no such customer
     */
    public fun customer(id: String): CustomerRecord = customerRecord(process.request("GET", "/_sandbox/customers/${encoded(id)}"))

    /**
     * Exchanges a handshake token for a session, as the browser does.
     *
     * ```kotlin
     * Sandbox.start().use { sandbox ->
     *     val token = sandbox.client().use { it.createHandshakeToken(customerId = "cus_1") }
     *     val session = sandbox.exchange(token.token)
     *     println(sandbox.session(session.id).customerId) // cus_1
     * }
     * ```
     *
     * @param token text of the token: the member `token` of the backend's response
     * @throws IllegalArgumentException the response contains no session; the message has the service's message, the
     *   status, and the cause and the remedy that the sandbox states
     * @throws java.io.UncheckedIOException there is no response
     */
    public fun exchange(token: String): ExchangedSession = process.exchange(token)

    /**
     * Sets the responses to requests for this customer. The sandbox sends them in order. After the last response, it
     * starts again with the first.
     *
     * @throws IllegalArgumentException a response is malformed
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
     * Adds cases. A case defines the expected requests of a customer or of a private key, and the responses to them. A
     * case replaces an existing case with the same name.
     *
     * @param json JSON array of cases, in the same format as in a case file
     * @throws IllegalArgumentException a case is malformed
     */
    public fun addCases(json: String): Unit = add(Json.parseToJsonElement(json))

    private fun add(cases: JsonElement) {
        process.request("POST", "/_sandbox/cases", JsonObject(mapOf("cases" to cases)))
    }

    /** Deletes the received requests and the sessions, and restarts the scripts from their first responses. */
    public fun reset() {
        process.request("POST", "/_sandbox/reset")
    }

    /** Stops the sandbox and closes its connections. */
    override fun close(): Unit = process.stop()

    override fun toString(): String = "Sandbox($url)"

    public companion object {
        /**
         * Starts a sandbox on a free port.
         *
         * @param privateKey private key to accept; default: `sk_sandbox_local`
         * @param cases folder with files of cases, which [addCases] explains; default: none
         * @param seed JSON file with the customers that exist; default: every customer exists
         * @param command path of the `renumerate` command; default: the command in this jar, else the one on the `PATH`
         * @return the running sandbox
         * @throws IllegalStateException the command is missing, cannot be unpacked or cannot be executed, or the sandbox
         *   does not start within 30 s, or the thread is interrupted; the message contains the cause and a remedy, or the
         *   first line of the command's error output
         */
        @JvmStatic
        @JvmOverloads
        public fun start(privateKey: String? = null, cases: Path? = null, seed: Path? = null, command: Path? = null): Sandbox {
            val values = mapOf("--key" to privateKey, "--cases" to cases?.toString(), "--seed" to seed?.toString())
            val options = values.flatMap { (name, value) -> if (value == null) emptyList() else listOf(name, value) }
            return Sandbox(SandboxProcess.start(command?.toString() ?: Command.find(), options))
        }

        // `URLEncoder` writes a space as `+`, which is a plus sign in a path.
        private fun encoded(text: String) = URLEncoder.encode(text, Charsets.UTF_8).replace("+", "%20")
    }
}
