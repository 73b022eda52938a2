package com.renumerate

import com.renumerate.programs.runProgram
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path

/** Virtual threads, in a JVM that has them: `run` finds one, or brings one. */
@SandboxTest
class VirtualThreadTest {
    // Rules: S10
    @Test
    fun `a call parks a virtual thread and lets its carrier go, and an interrupt ends it`(sandbox: Sandbox) {
        sandbox.withOneThatStalls()
        sandbox.script("cus_failing", ScriptedAnswer.status(500).header("retry-after-ms", 1))
        val ended =
            runProgram(
                "VirtualThreads",
                NEVER,
                options = listOf("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                environment = mapOf("RENUMERATE_BASE_URL" to sandbox.url, "RENUMERATE_PRIVATE_KEY" to sandbox.privateKey),
                java = Path.of(System.getProperty("java.with.virtual.threads")),
            )
        assertEquals("100 stalled, 100 sessions\n100 interrupted\n1 attempt when the retries are spent\n", ended.said)
        assertTrue(sandbox.requests().isNotEmpty())
        sandbox.awaitClosed(100)
    }
}
