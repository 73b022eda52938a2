package com.renumerate.docs

import com.renumerate.PUBLIC_KEY
import com.renumerate.brandAndCustomer
import com.renumerate.docs.ExamplesBackend.Companion.cookie
import com.renumerate.testing.Sandbox
import com.renumerate.testing.ScriptedAnswer
import com.renumerate.testing.ScriptedAnswer.Fault
import com.renumerate.waitUntil
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.MethodOrderer
import org.junit.jupiter.api.Order
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.TestMethodOrder
import org.junit.jupiter.api.parallel.Execution
import org.junit.jupiter.api.parallel.ExecutionMode
import java.net.http.HttpResponse

/** Test that runs after the previous one of its class, concurrently with other classes. */
@Test
@Execution(ExecutionMode.SAME_THREAD)
annotation class SequentialTest

/** Tests of an example backend. [cancelsCalls]: the framework cancels the call when the customer disconnects. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation::class)
abstract class ExamplesBackendTests(folder: String, private val cancelsCalls: Boolean) {
    private val sandbox = Sandbox.start()
    private val server by lazy { ExamplesBackend(folder, sandbox) }
    private val credentials = ArrayList<String>()

    @AfterAll
    fun close() {
        server.close()
        sandbox.close()
    }

    private fun members(response: HttpResponse<String>) = Json.parseToJsonElement(response.body()).jsonObject

    @SequentialTest
    @Order(1)
    fun `customer without a valid cookie gets no session and no token`() {
        for (cookies in listOf("theme=dark", "customer=", "customer=cus_1", cookie("cus_1").dropLast(1) + "_")) {
            for (response in listOf(server.cancel(cookies).join(), server.token(cookies))) {
                assertEquals(401 to """{"error":"sign in first"}""", response.statusCode() to response.body(), cookies)
            }
        }
        assertEquals(0, sandbox.requests().size)
    }

    @SequentialTest
    @Order(2)
    fun `signed-in customer gets a session`() {
        val response = server.cancel("theme=dark; ${cookie("cus_1")}").join()
        assertEquals(listOf(200, "no-store"), listOf(response.statusCode(), response.headers().firstValue("cache-control").get()))
        val members = members(response)
        assertEquals(setOf("id", "url"), members.keys - "requestId")
        credentials += members.getValue("id").jsonPrimitive.content
        val session = sandbox.session(credentials.last())
        assertEquals("retention" to "cus_1", session.kind to session.customerId)
        assertEquals(listOf("""{"retention":{"customer_id":"cus_1"}}"""), sandbox.requests().map { it.body })
    }

    @SequentialTest
    @Order(3)
    fun `signed-in customer gets a token, and a failure is an error`() {
        val response = server.token(cookie("cus_1"))
        assertEquals(listOf(200, "no-store"), listOf(response.statusCode(), response.headers().firstValue("cache-control").get()))
        val members = members(response)
        assertEquals(setOf("token"), members.keys)
        credentials += members.getValue("token").jsonPrimitive.content
        assertEquals(PUBLIC_KEY to "cus_1", brandAndCustomer(credentials.last(), sandbox.privateKey))
        val failure = server.token(cookie(TOO_LONG))
        assertEquals(502 to """{"error":"validation"}""", failure.statusCode() to failure.body())
    }

    @SequentialTest
    @Order(4)
    fun `each failure has its status and code, without details`() {
        sandbox.script("cus_busy", ScriptedAnswer.status(503).header("retry-after", 120))
        sandbox.script("cus_reset", ScriptedAnswer.failing(Fault.RESET_BEFORE_STATUS))
        sandbox.script("cus_refused", ScriptedAnswer.status(401))
        val responses = FAILURES.map { (customerId) -> server.cancel(cookie(customerId)) }.map { it.join() }
        for ((failure, response) in FAILURES.zip(responses)) {
            val retryAfter = response.headers().firstValue("retry-after").orElse(null)
            val actual = Failure(failure.customerId, response.statusCode(), response.body(), retryAfter)
            assertEquals(failure.copy(body = """{"error":"${failure.body}"}"""), actual)
            assertFalse(sandbox.privateKey in response.headers().toString())
        }
    }

    @SequentialTest
    @Order(5)
    fun `timeout returns 503, and a disconnect cancels the call if the framework reports it`() {
        fun requestOf(customerId: String) = sandbox.requests().firstOrNull { customerId in it.body }
        val (staying, leaving) =
            listOf("cus_stays", "cus_leaves").map { customerId ->
                sandbox.script(customerId, ScriptedAnswer.failing(Fault.STALL_BEFORE_HEADERS))
                server.cancel(cookie(customerId)).also {
                    waitUntil("$customerId has a request") { requestOf(customerId) != null }
                }
            }
        leaving.cancel(true)
        if (cancelsCalls) {
            waitUntil("the call is cancelled") { requestOf("cus_leaves")!!.closed }
            assertFalse(requestOf("cus_stays")!!.closed, "the call ended by timeout, not by the disconnect")
        }
        val response = staying.join()
        assertEquals(listOf(503, """{"error":"timeout"}"""), listOf(response.statusCode(), response.body()))
        assertEquals("5", response.headers().firstValue("retry-after").get())
    }

    @SequentialTest
    @Order(6)
    fun `log contains the failures without secrets`() {
        val log = server.stop().let { it.out + it.err }
        assertTrue(
            Regex("could not create a session or token: rate_limited: \\S+ \\(\\S+\\) answered 429").containsMatchIn(log),
            log,
        )
        // One line per failure. Timeouts are counted below.
        val codes = Regex("could not create a session or token: (\\w+): ").findAll(log).map { it.groupValues[1] }
        assertEquals((FAILURES.map { it.body } + "validation").sorted(), codes.filter { it != "timeout" }.sorted().toList(), log)
        val timeouts = Regex("no complete response from .* within").findAll(log).count()
        if (cancelsCalls) assertEquals(1, timeouts, "the cancelled call is logged as a timeout: $log")
        assertFalse("Exception" in log, log)
        for (secret in credentials + sandbox.privateKey + ExamplesBackend.SECRET) assertFalse(secret in log, log)
        assertEquals(2, credentials.size)
    }

    /** Customer with the expected response: status, code in the body, and `Retry-After`. */
    private data class Failure(val customerId: String, val status: Int, val body: String, val retryAfter: String?)

    private companion object {
        val TOO_LONG = "x".repeat(256)
        val FAILURES =
            listOf(
                Failure("cus_not_found", 404, "not_found", null),
                Failure("cus_rate_limited", 503, "rate_limited", "1"),
                Failure("cus_server_error", 503, "server", "5"),
                Failure("cus_busy", 503, "server", "120"),
                Failure("cus_reset", 503, "network", "5"),
                Failure("cus_refused", 502, "authentication", null),
                Failure("cus_html_200", 502, "unexpected_response", null),
                Failure(TOO_LONG, 502, "validation", null),
            )
    }
}
