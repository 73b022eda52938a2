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

/** Shutdown scenarios by name. */
val shutdownScenarios: Map<String, () -> Unit> =
    mapOf(
        "system-exit-in-callback" to ::systemExitInCallback,
        "system-exit-in-coroutine" to ::systemExitInCoroutine,
        "exit-with-pending-calls" to ::exitWithPendingCalls,
        "interrupted-at-exit" to ::interruptedAtExit,
        "closed-with-pending-calls" to ::closedWithPendingCalls,
    )

private const val CONCURRENCY = 8

/** Timeout that does not expire during a scenario. */
private val longTimeout = Duration.ofSeconds(300)

private val options = ClientOptions.builder().timeout(longTimeout).attemptTimeout(longTimeout).build()

private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

/** Stalled and repeated calls of every client flavor. None of them keeps the JVM alive. */
private class PendingCalls {
    private val client = Client(options)
    private val blocking = BlockingClient(options)
    private val async = AsyncClient(options)
    private val responses = CountDownLatch(3 * CONCURRENCY)

    /** Starts the calls. Returns once each flavor has received responses. */
    fun start(): PendingCalls {
        repeat(CONCURRENCY) {
            scope.launch { client.createRetentionSession(customerId = "cus_stall") }
            thread(isDaemon = true) { blocking.createRetentionSession(customerId = "cus_stall") }
            async.createRetentionSession { it.customerId("cus_stall") }
        }
        repeat(CONCURRENCY) {
            scope.launch { repeatUntilClosed { client.createRetentionSession(customerId = "cus_1") } }
            thread(isDaemon = true) { repeatUntilClosed { blocking.createRetentionSession(customerId = "cus_1") } }
            repeatWithFutures()
        }
        responses.await()
        return this
    }

    private inline fun repeatUntilClosed(call: () -> Unit) {
        try {
            while (true) {
                call()
                responses.countDown()
            }
        } catch (_: ClosedException) {
            // Stop: the client is closed.
        }
    }

    /** Starts the next call after each successful one. */
    private fun repeatWithFutures() {
        async.createRetentionSession { it.customerId("cus_1") }.thenRun {
            responses.countDown()
            repeatWithFutures()
        }
    }

    fun close() {
        listOf<AutoCloseable>(client, blocking, async).forEach(AutoCloseable::close)
    }
}

private fun systemExitInCallback() {
    PendingCalls().start()
    val exit = AsyncClient(options).createRetentionSession { it.customerId("cus_1") }.thenRun { exitWithSuccess() }
    exit.join() // does not return
}

private fun systemExitInCoroutine() {
    PendingCalls().start()
    val client = Client(options)
    scope.launch {
        client.createRetentionSession(customerId = "cus_1")
        exitWithSuccess()
    }
    CountDownLatch(1).await()
}

private fun exitWithPendingCalls() {
    PendingCalls().start()
    println("done")
}

/** Closes clients with pending calls. The JVM exits after one more call. */
private fun closedWithPendingCalls() {
    PendingCalls().start().close()
    BlockingClient(options).use { it.createRetentionSession(customerId = "cus_1") }
    println("done")
}

/** Interrupts threads in blocking calls during the shutdown of the JVM. */
private fun interruptedAtExit() {
    PendingCalls().start()
    val client = BlockingClient(options)
    val started = CountDownLatch(CONCURRENCY)
    val threads =
        List(CONCURRENCY) {
            thread {
                try {
                    started.countDown()
                    client.createRetentionSession(customerId = "cus_stall")
                } catch (_: InterruptedException) {
                    // Expected.
                }
            }
        }
    started.await()
    Runtime.getRuntime().addShutdownHook(thread(start = false) { threads.forEach(Thread::interrupt) })
    exitWithSuccess()
}

private fun exitWithSuccess() {
    println("done")
    exitProcess(0)
}
