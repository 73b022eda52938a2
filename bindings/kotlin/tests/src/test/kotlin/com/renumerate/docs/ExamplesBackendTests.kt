package com.renumerate.docs

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

/** A test that waits for the one before it, while those of other classes run. */
@Test
@Execution(ExecutionMode.SAME_THREAD)
annotation class InTurn

/** What every backend does; [endsCalls] where a customer who leaves ends the call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation::class)
abstract class ExamplesBackendTests(folder: String, private val endsCalls: Boolean) {
    private val sandbox = Sandbox.start()
    private val server by lazy { ExamplesBackend(folder, sandbox) }
    private val ids = ArrayList<String>()

    @AfterAll
    fun close() {
        server.close()
        sandbox.close()
    }

    private fun members(answer: HttpResponse<String>) = Json.parseToJsonElement(answer.body()).jsonObject

    @InTurn
    @Order(1)
    fun `only a customer who is signed in gets a session`() {
        for (cookies in listOf("theme=dark", "customer=", "customer=cus_1", cookie("cus_1").dropLast(1) + "_")) {
            val answer = server.cancel(cookies).join()
            assertEquals(401 to """{"error":"sign in first"}""", answer.statusCode() to answer.body(), cookies)
        }
        assertEquals(0, sandbox.requests().size)
    }

    @InTurn
    @Order(2)
    fun `it mints for the customer who is signed in`() {
        val answer = server.cancel("theme=dark; ${cookie("cus_1")}").join()
        assertEquals(listOf(200, "no-store"), listOf(answer.statusCode(), answer.headers().firstValue("cache-control").get()))
        val members = members(answer)
        assertEquals(setOf("id", "url"), members.keys - "requestId")
        ids += members.getValue("id").jsonPrimitive.content
        val session = sandbox.session(ids.last())
        assertEquals("retention" to "cus_1", session.kind to session.customerId)
        assertEquals(listOf("""{"retention":{"customer_id":"cus_1"}}"""), sandbox.requests().map { it.body })
    }

    @InTurn
    @Order(3)
    fun `it tells failures apart, and no more than the page needs`() {
        sandbox.script("cus_busy", ScriptedAnswer.status(503).header("retry-after", 120))
        sandbox.script("cus_reset", ScriptedAnswer.failing(Fault.RESET_BEFORE_STATUS))
        sandbox.script("cus_refused", ScriptedAnswer.status(401))
        val answers = FAILURES.map { (customerId) -> server.cancel(cookie(customerId)) }.map { it.join() }
        for ((failure, answer) in FAILURES.zip(answers)) {
            val retryAfter = answer.headers().firstValue("retry-after").orElse(null)
            val met = Failure(failure.customerId, answer.statusCode(), answer.body(), retryAfter)
            assertEquals(failure.copy(body = """{"error":"${failure.body}"}"""), met)
            assertFalse(sandbox.privateKey in answer.headers().toString())
        }
    }

    @InTurn
    @Order(4)
    fun `a customer who stays is told when the call ends, and one who leaves ends it where the framework tells`() {
        fun requestOf(customerId: String) = sandbox.requests().firstOrNull { customerId in it.body }
        val (staying, leaving) =
            listOf("cus_stays", "cus_leaves").map { customerId ->
                sandbox.script(customerId, ScriptedAnswer.failing(Fault.STALL_BEFORE_HEADERS))
                server.cancel(cookie(customerId)).also { waitUntil("$customerId is there") { requestOf(customerId) != null } }
            }
        leaving.cancel(true)
        if (endsCalls) {
            waitUntil("the call has ended") { requestOf("cus_leaves")!!.closed }
            assertFalse(requestOf("cus_stays")!!.closed, "the timeout would have ended this one first")
        }
        val answer = staying.join()
        assertEquals(listOf(503, """{"error":"timeout"}"""), listOf(answer.statusCode(), answer.body()))
        assertEquals("5", answer.headers().firstValue("retry-after").get())
    }

    @InTurn
    @Order(5)
    fun `what it prints tells what went wrong, and holds no secret`() {
        val said = server.stop().let { it.out + it.err }
        assertTrue("no session was minted: the service answered 429" in said, said)
        val timeouts = Regex("no complete answer within").findAll(said).count()
        if (endsCalls) assertEquals(1, timeouts, "the call of the customer who left is not one: $said")
        assertFalse("Exception" in said, said)
        for (secret in ids + sandbox.privateKey + ExamplesBackend.SECRET) assertFalse(secret in said, said)
        assertEquals(1, ids.size)
    }

    /** A customer, and what the page then gets: a status, a code as the error in the body, perhaps `Retry-After`. */
    private data class Failure(val customerId: String, val status: Int, val body: String, val retryAfter: String?)

    private companion object {
        val FAILURES =
            listOf(
                Failure("cus_not_found", 404, "not_found", null),
                Failure("cus_rate_limited", 503, "rate_limited", "1"),
                Failure("cus_server_error", 503, "server", "5"),
                Failure("cus_busy", 503, "server", "120"),
                Failure("cus_reset", 503, "network", "5"),
                Failure("cus_refused", 502, "authentication", null),
                Failure("cus_html_200", 502, "unexpected_response", null),
                Failure("x".repeat(256), 502, "validation", null),
            )
    }
}
