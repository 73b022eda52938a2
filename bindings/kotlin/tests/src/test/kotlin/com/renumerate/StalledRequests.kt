package com.renumerate

import com.renumerate.testing.ReceivedRequest
import com.renumerate.testing.Sandbox
import com.renumerate.testing.ScriptedAnswer
import com.renumerate.testing.ScriptedAnswer.Fault
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** Waits until the condition is true, for at most 60 seconds. */
fun waitUntil(condition: String, isTrue: () -> Boolean) {
    val deadline = TimeSource.Monotonic.markNow() + 60.seconds
    while (!isTrue()) {
        check(deadline.hasNotPassedNow()) { "timed out waiting: $condition" }
        Thread.sleep(2)
    }
}

/** Customer whose requests get no response. */
const val STALLED = "cus_stalled"

/** Scripts the sandbox to send no response to requests of [STALLED]. */
fun Sandbox.withStalledCustomer(): Sandbox = apply { script(STALLED, ScriptedAnswer.failing(Fault.STALL_BEFORE_HEADERS)) }

/** Waits until this number of requests of [STALLED] is pending, and returns them. */
fun Sandbox.awaitStalled(count: Int = 1): List<ReceivedRequest> {
    fun stalled() = requests().filter { STALLED in it.body }
    waitUntil("$count requests are pending") { stalled().size >= count }
    return stalled()
}

/** Waits until this number of requests of [STALLED] was received, and all their connections are closed. */
fun Sandbox.awaitClosed(count: Int = 1) =
    waitUntil("the connections are closed") { awaitStalled(count).let { it.size == count && it.all(ReceivedRequest::closed) } }

/** Client options with timeouts that exceed the duration of any test. */
fun Sandbox.longTimeouts(): ClientOptions.Builder =
    options().timeout(java.time.Duration.ofSeconds(300)).attemptTimeout(java.time.Duration.ofSeconds(300))
