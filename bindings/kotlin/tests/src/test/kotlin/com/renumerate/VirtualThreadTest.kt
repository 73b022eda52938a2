package com.renumerate

import com.renumerate.programs.runProgram
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import com.renumerate.testing.ScriptedAnswer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.file.Path

/** Tests in a JVM with virtual threads, which `java-with-virtual-threads` finds or installs. */
@SandboxTest
class VirtualThreadTest {
    // Rules: S10
    @Test
    fun `call parks its virtual thread, releases the carrier and can be interrupted`(sandbox: Sandbox) {
        sandbox.withStalledCustomer()
        sandbox.script("cus_failing", ScriptedAnswer.status(500).header("retry-after-ms", 1))
        val result =
            runProgram(
                "VirtualThreads",
                STALLED,
                options = listOf("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                environment = mapOf("RENUMERATE_BASE_URL" to sandbox.url, "RENUMERATE_PRIVATE_KEY" to sandbox.privateKey),
                java = Path.of(System.getProperty("java.with.virtual.threads")),
            )
        assertEquals("100 stalled, 100 sessions\n100 interrupted\n1 attempt when the token bucket is empty\n", result.output)
        assertTrue(sandbox.requests().isNotEmpty())
        sandbox.awaitClosed(100)
    }
}
