package com.renumerate.programs

import com.renumerate.BlockingClient
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.RepeatedTest
import org.junit.platform.engine.discovery.DiscoverySelectors.selectClass
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder
import org.junit.platform.launcher.core.LauncherFactory
import org.junit.platform.launcher.listeners.SummaryGeneratingListener
import kotlin.math.max

/** Number of running child processes: the sandboxes. */
private fun sandboxes() = ProcessHandle.current().children().count().toInt()

private var mostSandboxes = 0

/** Uses a sandbox for the class, and one for each of 50 tests. */
@SandboxTest
class RepeatedTests {
    private lateinit var ofTest: Sandbox

    @BeforeEach
    fun setUp(sandbox: Sandbox) {
        ofTest = sandbox
    }

    @RepeatedTest(50)
    fun test(sandbox: Sandbox, client: BlockingClient) {
        check(sandbox === ofTest && sandbox !== ofClass && sandbox.requests().isEmpty())
        client.createRetentionSession(customerId = "cus_1")
        check(sandbox.requests().size == 1 && ofClass.requests().isEmpty())
        mostSandboxes = max(mostSandboxes, sandboxes())
    }

    companion object {
        private lateinit var ofClass: Sandbox

        @BeforeAll
        @JvmStatic
        fun setUpClass(sandbox: Sandbox) {
            ofClass = sandbox
        }
    }
}

/** Runs the test class above with the version of JUnit on the class path, and prints the numbers of sandboxes. */
fun main() {
    val request = LauncherDiscoveryRequestBuilder.request().selectors(selectClass(RepeatedTests::class.java)).build()
    val listener = SummaryGeneratingListener()
    LauncherFactory.create().execute(request, listener)
    listener.summary.failures.forEach { it.exception.printStackTrace() }
    println("${listener.summary.testsSucceededCount} tests, at most $mostSandboxes sandboxes, ${sandboxes()} left")
}
