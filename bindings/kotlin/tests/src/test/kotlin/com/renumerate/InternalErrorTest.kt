package com.renumerate

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Errors that only a bug in this library causes. */
class InternalErrorTest {
    // Rules: E14
    @Test
    fun `an invalid address is an internal error`() = assertInternal(NativeApi.startWithInvalidAddress())

    // Rules: E14
    @Test
    fun `an outcome without a result is an internal error`() =
        assertInternal(assertThrows<InternalException> { NativeApi.unwrapEmptyOutcome() })

    private fun assertInternal(error: RenumerateException) {
        assertTrue(error is InternalException && "please report it" in error.message.orEmpty(), "$error")
        assertEquals("internal", error.code)
        assertTrue(!error.retryable && error.attempts.isEmpty(), "$error")
    }
}
