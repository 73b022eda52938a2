package com.example

import com.renumerate.Client
import com.renumerate.ServerException
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Each test gets its own sandbox, and a client of that sandbox. */
@SandboxTest
class CancelFlowTest {
    @Test
    fun `session belongs to the customer`(sandbox: Sandbox, client: Client) = runBlocking {
        val id = CancelFlow(client).sessionFor("cus_1")!!

        assertEquals("cus_1", sandbox.session(id).customerId)
    }

    @Test
    fun `temporary failure is retried`(sandbox: Sandbox, client: Client) = runBlocking {
        sandbox.script("cus_1", ScriptedAnswer.status(500), ScriptedAnswer.mint())

        CancelFlow(client).sessionFor("cus_1")!!

        assertEquals(listOf(500, 200), sandbox.requests().map { it.status })
    }

    @Test
    fun `unknown customer has no session`(client: Client) = runBlocking {
        assertNull(CancelFlow(client).sessionFor("cus_not_found"))
    }

    @Test
    fun `permanent failure is thrown`(client: Client) {
        assertThrows<ServerException> { runBlocking { CancelFlow(client).sessionFor("cus_server_error") } }
    }
}
