package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.io.File
import java.net.URI
import java.nio.file.Path
import java.util.Optional
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Tests of the conversion of values to the core and back. */
@SandboxTest
class ValuesTest {
    @Test
    fun `parameters with any characters are sent unchanged`(sandbox: Sandbox, client: Client, blocking: BlockingClient) {
        val email = "jürgen+ö@exämple.com"
        runBlocking { client.createRetentionSession("cus_1", email, "sub_1") }
        blocking.createSubscriptionSession(customerId = "cus_1", customerEmail = email)
        val bodies = sandbox.requests().map { Json.parseToJsonElement(it.body).jsonObject }
        assertEquals(
            """{"retention":{"customer_id":"cus_1","customer_email":"$email","subscription_id":"sub_1"}}""",
            "${bodies[0]}",
        )
        assertEquals("""{"subscription":{"customer_id":"cus_1","customer_email":"$email"}}""", "${bodies[1]}")
    }

    // Rules: S16
    @Test
    fun `user agent names the language, the Java version and the application`(sandbox: Sandbox) {
        val options = sandbox.options().appInfo("Shop/1.2").build()
        BlockingClient(options).createRetentionSession(customerId = "cus_1")
        val agent = sandbox.requests().single().headers.getValue("user-agent")
        val java = Regex.escape(System.getProperty("java.version"))
        assertTrue(Regex("""renumerate-kotlin/\S+ \(core \S+; \S+ \S+; Java $java\) Shop/1\.2""").matches(agent), agent)
    }

    // Rules: S3, S20
    @Test
    fun `invalid limits are rejected with their names`(client: Client) {
        for (limit in listOf(Duration.ZERO, (-1).seconds, Duration.INFINITE, -Duration.INFINITE)) {
            val error =
                assertThrows<ConfigurationException> { runBlocking { client.createRetentionSession("cus_1", timeout = limit) } }
            assertEquals("timeout", error.field, "$limit")
            assertEquals("attemptTimeout", assertThrows<ConfigurationException> { Client("k", attemptTimeout = limit) }.field)
        }
        assertEquals("maxRetries", assertThrows<ConfigurationException> { Client("k", maxRetries = -1) }.field)
        assertEquals("maxRetries", assertThrows<ConfigurationException> { Client("k", maxRetries = Int.MAX_VALUE) }.field)
        for (connections in listOf(0, -1, 10_001, Int.MAX_VALUE)) {
            val error = assertThrows<ConfigurationException> { Client("k", maxConnections = connections) }
            assertEquals("maxConnections", error.field, "$connections")
        }
    }

    @Test
    fun `option of the wrong type is rejected with its name`() {
        fun rejected(name: String, value: Any) =
            assertThrows<ConfigurationException> { Client(ClientOptions.builder().privateKey("k").option(name, value).build()) }
        assertTrue("did you mean baseUrl?" in rejected("baseurl", "x").message.orEmpty())
        assertEquals("timeout", rejected("timeout", "soon").field)
        assertEquals("timeout", rejected("timeout", 0.milliseconds).field)
        assertEquals("baseUrl", rejected("baseUrl", 1).field)
        assertEquals("privateKey", rejected("privateKey", 1).field)
    }

    @Test
    fun `value that is neither text nor a number is rejected with its name and its type`(blocking: BlockingClient) {
        val secret = "sk_planted"
        val values =
            mapOf(
                "char[]" to secret.toCharArray(),
                "byte[]" to secret.toByteArray(),
                "java.util.Optional" to Optional.of(secret),
                "java.lang.Boolean" to true,
            )
        val constructors = listOf<(ClientOptions) -> AutoCloseable>({ Client(it) }, { AsyncClient(it) }, { BlockingClient(it) })
        for ((type, value) in values) {
            for (option in listOf("privateKey", "baseUrl", "timeout", "maxRetries")) {
                val options = ClientOptions.builder().privateKey("k").option(option, value).build()
                for (create in constructors) {
                    val error = assertThrows<ConfigurationException> { create(options) }
                    assertEquals(option, error.field)
                    assertTrue("not $type" in error.message.orEmpty() && secret !in "$error", error.message)
                }
            }
            val invalid = assertThrows<ValidationException> {
                blocking.createRetentionSession { it.parameter("customerId", value) }
            }
            assertEquals("customerId", invalid.field)
            assertEquals("customerId must be a string, not $type", invalid.message)
            val option = assertThrows<ConfigurationException> {
                blocking.createRetentionSession { it.customerId("cus_1").option("timeout", value) }
            }
            assertEquals("timeout must be a duration or a number of milliseconds, not $type", option.message)
        }
    }

    @Test
    fun `text may have any type for text, paths and URLs`(sandbox: Sandbox) {
        val options = ClientOptions.builder().option("privateKey", StringBuilder(sandbox.privateKey))
        BlockingClient(options.option("baseUrl", URI(sandbox.url)).build()).use { client ->
            assertTrue(client.createRetentionSession { it.parameter("customerId", StringBuilder("cus_1")) }.id.startsWith("ret_"))
        }
        for (missing in listOf(File("missing.pem"), Path.of("missing.pem"))) {
            val bundle = ClientOptions.builder().privateKey("k").option("caBundle", missing).build()
            val error = assertThrows<ConfigurationException> { Client(bundle) }
            assertTrue("caBundle cannot be read" in error.message.orEmpty(), error.message)
        }
    }

    // Rules: V7
    @Test
    fun `unknown, invalid and duplicate parameters are rejected with their names`(blocking: BlockingClient) {
        fun rejected(name: String, value: Any?) = assertThrows<ValidationException> {
            blocking.createRetentionSession { it.customerId("cus_1").parameter(name, value) }
        }
        assertTrue("did you mean customerEmail?" in rejected("customerMail", "x").message.orEmpty())
        assertEquals("customerEmail", rejected("customerEmail", 1).field)
        assertTrue("is set twice" in rejected("customerId", "cus_2").message.orEmpty())
    }

    @Test
    fun `lone surrogate is rejected with the name of its option or parameter`(
        sandbox: Sandbox,
        client: Client,
        blocking: BlockingClient,
    ) {
        val half = "\uD83D"
        val errors =
            listOf(
                assertThrows<ValidationException> { blocking.createRetentionSession(customerId = "cus_$half") },
                assertThrows<ValidationException> { runBlocking { client.createRetentionSession("cus_1", "a$half@b.c") } },
                assertThrows<ValidationException> { blocking.createRetentionSession { it.customerId("c").subscriptionId(half) } },
                assertThrows<ValidationException> { blocking.createRetentionSession { it.parameter("customerId", half) } },
            )
        assertEquals(listOf("customerId", "customerEmail", "subscriptionId", "customerId"), errors.map { it.field })
        assertEquals("appInfo", assertThrows<ConfigurationException> { Client("k", appInfo = half) }.field)
        assertEquals("privateKey", assertThrows<ConfigurationException> { Client("k$half") }.field)
        assertThrows<ConfigurationException> { Client(ClientOptions.builder().option("a$half", 1).build()) }
        val nearlyFull = assertThrows<ValidationException> { blocking.createRetentionSession(half, "語".repeat(1_350)) }
        assertEquals("customerId", nearlyFull.field, "with a nearly full native buffer")
        assertEquals(0, sandbox.requests().size)
        blocking.createRetentionSession(customerEmail = "\uD83D\uDE00@b.c") // a surrogate pair is valid
        assertTrue("\uD83D\uDE00@b.c" in sandbox.requests().single().body)
    }

    @Test
    fun `long texts are sent and received unchanged`(sandbox: Sandbox, client: Client, blocking: BlockingClient) {
        val long = "ret_" + "x".repeat(100_000)
        sandbox.script("cus_1", ScriptedAnswer.status(200).body("""{"id":"$long"}"""))
        assertEquals(long, blocking.createRetentionSession(customerId = "cus_1").id)
        assertEquals(long, runBlocking { client.createRetentionSession(customerId = "cus_1") }.id)
        val email = "é".repeat(400) + "@b.c"
        blocking.createRetentionSession(customerId = "y".repeat(255), customerEmail = email)
        assertTrue(email in sandbox.requests().last().body)
        assertThrows<ValidationException> { blocking.createRetentionSession(customerId = "z".repeat(1_000_000)) }
    }

    @Test
    fun `exception has the fields of the response and its attempts`(sandbox: Sandbox) {
        val limited = ScriptedAnswer.status(
            429,
        ).header("retry-after", 7).header("x-request-id", "req_1").body("""{"error":"slow down"}""")
        sandbox.script("cus_1", limited)
        val client = BlockingClient(sandbox.options().maxRetries(0).build())
        val error = assertThrows<RateLimitException> { client.createRetentionSession(customerId = "cus_1") }
        assertEquals(
            listOf("rate_limited", "slow down", 429, "req_1", 7L),
            listOf(error.code, error.reason, error.status, error.requestId, error.retryAfter?.toSeconds()),
        )
        assertEquals("application/json", error.contentType)
        assertTrue(error.retryable && "slow down" in error.body.orEmpty())
        val attempt = error.attempts.single()
        assertEquals(
            listOf(AttemptOutcome.STATUS, 429, null, null),
            listOf(attempt.outcome, attempt.status, attempt.phase, attempt.limit),
        )
        assertTrue(!attempt.elapsed.isZero && attempt.waited.isZero, "$attempt")
        assertEquals(
            "createRetentionSession",
            error.stackTrace.first {
                it.className == "com.renumerate.BlockingClient" &&
                    "create" in it.methodName &&
                    "Session" in it.methodName
            }.methodName.substringBefore('-'),
        )
    }

    @Test
    fun `timeout and network exceptions have scope and phase`(sandbox: Sandbox) {
        sandbox.withStalledCustomer()
        val impatient = BlockingClient(sandbox.options().attemptTimeout(java.time.Duration.ofMillis(50)).maxRetries(0).build())
        val timeout = assertThrows<RequestTimeoutException> { impatient.createRetentionSession(customerId = STALLED) }
        assertEquals(TimeoutScope.ATTEMPT, timeout.scope)
        assertEquals(AttemptOutcome.TIMEOUT, timeout.attempts.single().outcome)
        val unreachable = BlockingClient(privateKey = "k", baseUrl = "http://127.0.0.1:1", maxRetries = 0)
        val refused = assertThrows<NetworkException> { unreachable.createRetentionSession(customerId = "cus_1") }
        assertEquals(NetworkPhase.CONNECT, refused.phase)
        assertEquals(NetworkPhase.CONNECT, refused.attempts.single().phase)
    }

    @Test
    fun `stack trace of an exception contains the caller`(client: Client) {
        suspend fun caller() = client.createRetentionSession()
        val error = assertThrows<ValidationException> { runBlocking { caller() } }
        assertTrue(error.stackTrace.any { "ValuesTest" in it.className }, error.stackTraceToString())
        assertNull(error.requestId)
    }

    @Test
    fun `toString of clients shows the URL`(sandbox: Sandbox, client: Client, blocking: BlockingClient, async: AsyncClient) {
        val printed = listOf(client, blocking, async).map { "$it" }
        assertEquals(listOf("Client", "BlockingClient", "AsyncClient").map { "$it(of ${sandbox.url}/)" }, printed)
        val options = ClientOptions.builder().privateKey("planted").proxy("http://user:planted@proxy").build()
        assertEquals("ClientOptions(proxy)", "$options")
    }
}
