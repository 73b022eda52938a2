package com.renumerate

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The check on the check of the cases. */
class SuspendAlteredTest {
    @Test
    fun `every altered expectation is met`() = assertEquals(emptyList<String>(), Conformance.unnoticed(SuspendFace, "Client"))
}
