package com.renumerate

import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import com.renumerate.testing.ScriptedAnswer.Fault
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.io.UncheckedIOException
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.io.path.writeText

/** Tests of the test kit. */
@SandboxTest
class SandboxKitTest(private val constructorSandbox: Sandbox) {
    private lateinit var setUpSandbox: Sandbox

    @BeforeEach
    fun setUp(sandbox: Sandbox) {
        setUpSandbox = sandbox
    }

    @Test
    fun `all parameters of a test use the same sandbox`(sandbox: Sandbox, blocking: BlockingClient) {
        assertSame(setUpSandbox, sandbox)
        assertSame(constructorSandbox, sandbox)
        val session = blocking.createRetentionSession(customerId = "cus_1", customerEmail = "a@b.c", subscriptionId = "sub_1")
        val minted = sandbox.session(session.id)
        assertEquals(
            listOf("retention", "cus_1", "a@b.c", "sub_1"),
            listOf(minted.kind, minted.customerId, minted.customerEmail, minted.subscriptionId),
        )
        val request = sandbox.requests().single()
        assertEquals(
            listOf("POST", "/v1/retention/session", 200, null, null),
            listOf(request.method, request.path, request.status, request.case, request.problem),
        )
        assertEquals("application/json", request.headers["content-type"])
        assertEquals(1, sandbox.requests(sandbox.privateKey).size)
        assertEquals(0, sandbox.requests("another").size)
        assertThrows<IllegalArgumentException> { sandbox.session("ret_unknown") }
    }

    @Test
    fun `token is exchanged for a session whose id is masked`(sandbox: Sandbox, blocking: BlockingClient) {
        val token = blocking.createHandshakeToken("cus_1").token
        val session = sandbox.exchange(token)
        val minted = sandbox.session(session.id)
        assertEquals(listOf("handshake", "cus_1", null), listOf(minted.kind, minted.customerId, minted.subscriptionId))
        val minutes = Duration.between(Instant.now(), session.expiresAt).toMinutes()
        assertTrue(minutes in 59..60, "$minutes")
        assertEquals("ExchangedSession(id=r10_…, expiresAt=${session.expiresAt})", "$session")
        val request = sandbox.requests().single()
        assertEquals("/v1/session/exchange" to 200, request.path to request.status)
        assertFalse(token in request.body)
    }

    @Test
    fun `failed exchange states the message, the status and the note, and not the token`(
        sandbox: Sandbox,
        blocking: BlockingClient,
    ) {
        fun message(token: String) = assertThrows<IllegalArgumentException> { sandbox.exchange(token) }.message.orEmpty()
        val problems = mapOf(
            "cus_not_found" to "Customer not found (status 404)",
            "cus_html" to "the response contains no session (status 502)",
            "cus_redirect" to "the response contains no session (status 302)",
            "cus_bad_json" to "the response contains no session (status 200)",
        )
        for ((customer, problem) in problems) {
            assertEquals("could not exchange the token: $problem", message(blocking.createHandshakeToken(customer).token))
        }
        val other = BlockingClient(privateKey = "sk_sandbox_another", publicKey = sandbox.publicKey, baseUrl = sandbox.url)
        val forged = other.use { it.createHandshakeToken("cus_1") }.token
        val text = message(forged)
        val start = "could not exchange the token: Invalid signature (status 401); another key has signed the token"
        assertTrue(text.startsWith(start) && "\n" !in text, text)
        assertTrue(forged.split(".").none { it in text }, text)
        for (customer in listOf("cus_reset", "cus_close", "cus_truncated")) {
            sandbox.reset()
            val token = blocking.createHandshakeToken(customer).token
            val failure = assertThrows<UncheckedIOException> { sandbox.exchange(token) }
            assertTrue(failure.message.orEmpty().startsWith("could not exchange the token: "), "$failure")
            assertEquals(1, sandbox.requests().size, "the request is not repeated")
        }
    }

    @Test
    fun `customer has subscriptions`(sandbox: Sandbox, @TempDir folder: Path) {
        val customer = sandbox.customer("cus_1")
        val subscription = customer.subscriptions.first()
        assertEquals(
            listOf("cus_1", "active", null, null),
            listOf(customer.id, subscription.status, subscription.endsOn, subscription.discount),
        )
        assertTrue(customer.name.isNotEmpty() && subscription.id.startsWith("sub_"), "$customer")
        assertTrue(subscription.nextBill!! >= LocalDate.now(ZoneOffset.UTC))
        assertTrue(subscription.plan.amount > 0 && subscription.plan.interval in listOf("month", "year"), "${subscription.plan}")

        val listed = """{"id":"cus_2","email":"a/b@c.d","subscriptions":[{"id":"sub_2","status":"cancelled"}]}"""
        val seed = folder.resolve("seed.json").apply { writeText("""{"customers":[$listed]}""") }
        Sandbox.start(seed = seed).use { seeded ->
            val cancelled = seeded.customer("a/b@c.d").subscriptions.single()
            assertEquals(listOf("sub_2", "cancelled", null), listOf(cancelled.id, cancelled.status, cancelled.nextBill))
            val missing = assertThrows<IllegalArgumentException> { seeded.customer("cus_1") }
            assertTrue("The seed has no such customer" in missing.message.orEmpty(), "$missing")
        }
    }

    @Test
    fun `script repeats in order, and reset restarts it`(sandbox: Sandbox, blocking: BlockingClient) {
        val gone = ScriptedAnswer.status(404).body("""{"error":"gone"}""")
        sandbox.script("cus_1", gone, ScriptedAnswer.mint().delay(Duration.ofMillis(5)))
        fun assertNotFound() = assertThrows<NotFoundException> { blocking.createRetentionSession(customerId = "cus_1") }
        assertNotFound()
        blocking.createRetentionSession(customerId = "cus_1")
        assertNotFound()
        sandbox.reset()
        assertEquals(0, sandbox.requests().size)
        assertNotFound()
        assertTrue(sandbox.requests().single().case.orEmpty().startsWith("script_"))
    }

    @ParameterizedTest
    @EnumSource
    fun `each fault makes the call fail`(fault: Fault, sandbox: Sandbox) {
        sandbox.script("cus_1", ScriptedAnswer.failing(fault))
        val client = BlockingClient(sandbox.options().maxRetries(0).timeout(Duration.ofMillis(200)).build())
        assertThrows<RenumerateException> { client.createRetentionSession(customerId = "cus_1") }
    }

    @Test
    fun `closeAfter closes the connection after the response`(sandbox: Sandbox, blocking: BlockingClient) {
        sandbox.script("cus_1", ScriptedAnswer.mint().closeAfter(Duration.ofMillis(1)))
        blocking.createRetentionSession(customerId = "cus_1")
        waitUntil("the connection is closed") { sandbox.requests().single().closed }
    }

    @Test
    fun `invalid script is rejected with the customer and the field`(sandbox: Sandbox) {
        fun message(vararg responses: ScriptedAnswer) =
            assertThrows<IllegalArgumentException> { sandbox.script("cus_9", *responses) }.message.orEmpty()
        assertTrue("script for cus_9: status 99 is invalid; use 200 to 999" in message(ScriptedAnswer.status(99)))
        val late = ScriptedAnswer.mint().closeAfter(Duration.ofMillis(-1))
        assertTrue("script for cus_9: response 1: closeAfter: -1 is invalid" in message(late))
        assertTrue("script(\"cus_9\") needs at least one response" in message())
    }

    @Test
    fun `invalid cases are rejected`(sandbox: Sandbox) {
        val error = assertThrows<IllegalArgumentException> { sandbox.addCases("""[{"name":"x","exchanges":[{"answr":{}}]}]""") }
        assertTrue("answr" in error.message.orEmpty(), "$error")
    }

    @Test
    fun `sandboxes have separate keys and customers`(@TempDir folder: Path) {
        val seed = folder.resolve("seed.json").apply { writeText("""{"customers":[{"id":"cus_known"}]}""") }
        Sandbox.start(privateKey = "sk_sandbox_other", seed = seed).use { sandbox ->
            assertNotEquals(setUpSandbox.url, sandbox.url)
            assertEquals("sk_sandbox_other", sandbox.privateKey)
            sandbox.blockingClient().createRetentionSession(customerId = "cus_known")
            assertThrows<NotFoundException> { sandbox.blockingClient().createRetentionSession(customerId = "cus_unknown") }
        }
    }

    // Rules: M4
    @Test
    fun `startup failure reports the cause and the remedy`(@TempDir folder: Path) {
        fun program(name: String, line: String, executable: Boolean = true) =
            folder.resolve(name).apply { writeText("#!/bin/sh\n$line\n") }.also { it.toFile().setExecutable(executable) }

        fun problem(command: Path?, cases: Path? = null) =
            assertThrows<IllegalStateException> { Sandbox.start(command = command, cases = cases) }.message.orEmpty()
                .also { assertTrue(it.startsWith("could not start the sandbox: "), it) }
                .removePrefix("could not start the sandbox: ")

        val missing = folder.resolve("missing")
        val rejected = program("rejected", "true", executable = false)
        val add = "add renumerate-testing for this platform to the class path, or set the parameter command to its path"
        assertEquals("the command $missing does not exist; $add", problem(missing))
        val allow = "run \"chmod +x $rejected\", or move it to a folder that is not mounted noexec; "
        assertTrue(problem(rejected).startsWith("the command $rejected cannot be executed: error=13, Permission denied; $allow"))
        assertEquals("no threads left", problem(program("failing", "echo no threads left >&2")))
        assertTrue("none" in problem(null, cases = folder.resolve("none")))
        for (line in listOf("true", "echo 5", "echo {}", "echo text")) {
            val other = program("other", line)
            val check = "did not print the URL of a sandbox; check that it is the renumerate command"
            assertEquals("the command $other $check", problem(other))
        }
    }

    @Test
    fun `public key of the sandbox is the default of its clients`(@TempDir folder: Path) {
        val keys = """"private_key":"sk_sandbox_local","public_key":"pk_sandbox_other""""
        val command = folder.resolve("command")
        command.writeText("#!/bin/sh\necho '{\"url\":\"http://127.0.0.1:1\",$keys}'\nread line\n")
        command.toFile().setExecutable(true)
        Sandbox.start(command = command).use { sandbox ->
            assertEquals("pk_sandbox_other", sandbox.publicKey)
            val token = sandbox.client().use { it.createHandshakeToken("cus_1") }
            assertEquals("pk_sandbox_other" to "cus_1", brandAndCustomer(token.token, sandbox.privateKey))
        }
    }

    @Test
    fun `command that prints nothing is killed after the timeout or an interrupt`(@TempDir folder: Path) {
        val silent = folder.resolve("silent").apply { writeText("#!/bin/sh\nread line\n") }
        silent.toFile().setExecutable(true)
        fun isRunning() = ProcessHandle.current().children().anyMatch { "$silent" in it.info().commandLine().orElse("") }

        val late = assertThrows<IllegalStateException> { TestKitApi.startSandbox("$silent", 300) }
        val problem = "the command $silent printed nothing within 300ms; check that it is the renumerate command"
        assertEquals("could not start the sandbox: $problem", late.message)
        waitUntil("the command is killed") { !isRunning() }

        val interrupted = CompletableFuture<Pair<Throwable?, Boolean>>()
        val starting = thread {
            val result = runCatching { Sandbox.start(command = silent) }
            interrupted.complete(result.exceptionOrNull() to Thread.currentThread().isInterrupted)
        }
        waitUntil("the command runs") { isRunning() }
        starting.interrupt()
        val (error, isInterrupted) = interrupted.get(30, TimeUnit.SECONDS)
        assertEquals("could not start the sandbox: the thread was interrupted", error?.message)
        assertTrue(error is IllegalStateException && isInterrupted)
        waitUntil("the command is killed") { !isRunning() }
    }

    @Test
    fun `closed sandbox throws IllegalStateException`() {
        val sandbox = Sandbox.start()
        sandbox.close()
        sandbox.close()
        assertThrows<IllegalStateException> { sandbox.requests() }
    }
}
