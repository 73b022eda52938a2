package com.example

import com.renumerate.Client
import com.renumerate.NotFoundException
import com.renumerate.RetentionSession
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import org.mockito.Mockito.mock
import org.mockito.Mockito.`when`

/** Tests of a class alone, with a mock instead of a client. */
class CancelFlowMockTest {
    private val renumerate = mock(Client::class.java)

    @Test
    fun `result is the session id`() = runBlocking {
        `when`(renumerate.createRetentionSession("cus_1")).thenReturn(RetentionSession("ret_1"))

        assertEquals("ret_1", CancelFlow(renumerate).sessionFor("cus_1"))
    }

    @Test
    fun `unknown customer has no session`() = runBlocking {
        `when`(renumerate.createRetentionSession("cus_1")).thenThrow(mock(NotFoundException::class.java))

        assertNull(CancelFlow(renumerate).sessionFor("cus_1"))
    }
}
