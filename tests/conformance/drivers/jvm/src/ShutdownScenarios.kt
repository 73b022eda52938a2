package com.renumerate.conformance

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.ClientOptions
import com.renumerate.ClosedException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import java.time.Duration
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import kotlin.system.exitProcess

/** What happens before the JVM ends, and how it comes to its end. */
val shutdownScenarios: Map<String, () -> Unit> =
    mapOf(
        "system-exit-in-callback" to ::systemExitInCallback,
        "system-exit-in-coroutine" to ::systemExitInCoroutine,
        "exit-with-pending-calls" to ::exitWithPendingCalls,
        "interrupted-at-exit" to ::interruptedAtExit,
        "closed-with-pending-calls" to ::closedWithPendingCalls,
    )

private const val LANES = 8

/** So long that no limit ends a call before the JVM does. */
private val patient = ClientOptions.builder().timeout(Duration.ofSeconds(300)).attemptTimeout(Duration.ofSeconds(300)).build()

private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

/** Calls in each of the ways that there are, none of which keeps the JVM: those that hear nothing, and lanes of others. */
private class UnderWay {
    private val client = Client(patient)
    private val blocking = BlockingClient(patient)
    private val async = AsyncClient(patient)
    private val answered = CountDownLatch(3 * LANES)

    /** Starts them, and returns when each lane has had an answer. */
    fun begin(): UnderWay {
        repeat(LANES) {
            scope.launch { client.createRetentionSession(customerId = "cus_stall") }
            thread(isDaemon = true) { blocking.createRetentionSession(customerId = "cus_stall") }
            async.createRetentionSession { it.customerId("cus_stall") }
        }
        repeat(LANES) {
            scope.launch { untilClosed { client.createRetentionSession(customerId = "cus_1") } }
            thread(isDaemon = true) { untilClosed { blocking.createRetentionSession(customerId = "cus_1") } }
            futures()
        }
        answered.await()
        return this
    }

    private inline fun untilClosed(call: () -> Unit) {
        try {
            while (true) {
                call()
                answered.countDown()
            }
        } catch (_: ClosedException) {
            // A client that is closed makes no more calls.
        }
    }

    /** The same; what follows a call that failed is not run. */
    private fun futures() {
        async.createRetentionSession { it.customerId("cus_1") }.thenRun {
            answered.countDown()
            futures()
        }
    }

    fun close() {
        for (each in listOf<AutoCloseable>(client, blocking, async)) each.close()
    }
}

private fun systemExitInCallback() {
    UnderWay().begin()
    val exits = AsyncClient(patient).createRetentionSession { it.customerId("cus_1") }.thenRun { sayDoneAndExit() }
    exits.join() // which never returns
}

private fun systemExitInCoroutine() {
    UnderWay().begin()
    val client = Client(patient)
    scope.launch {
        client.createRetentionSession(customerId = "cus_1")
        sayDoneAndExit()
    }
    CountDownLatch(1).await()
}

private fun exitWithPendingCalls() {
    UnderWay().begin()
    println("done")
}

/** Clients are closed with their calls under way; the JVM goes on for as long as one more call takes. */
private fun closedWithPendingCalls() {
    UnderWay().begin().close()
    BlockingClient(patient).use { it.createRetentionSession(customerId = "cus_1") }
    println("done")
}

/** Threads that wait for answers are interrupted while the JVM ends. */
private fun interruptedAtExit() {
    UnderWay().begin()
    val client = BlockingClient(patient)
    val started = CountDownLatch(LANES)
    val threads =
        List(LANES) {
            thread {
                try {
                    started.countDown()
                    client.createRetentionSession(customerId = "cus_stall")
                } catch (_: InterruptedException) {
                    // It ends, as it was told to.
                }
            }
        }
    started.await()
    Runtime.getRuntime().addShutdownHook(thread(start = false) { threads.forEach(Thread::interrupt) })
    sayDoneAndExit()
}

private fun sayDoneAndExit() {
    println("done")
    exitProcess(0)
}
