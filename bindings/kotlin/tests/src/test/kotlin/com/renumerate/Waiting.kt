package com.renumerate

import com.renumerate.testing.ReceivedRequest
import com.renumerate.testing.Sandbox
import com.renumerate.testing.ScriptedAnswer
import com.renumerate.testing.ScriptedAnswer.Fault
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** Waits until that is so. */
fun waitUntil(what: String, isSo: () -> Boolean) {
    val givenUp = TimeSource.Monotonic.markNow() + 60.seconds
    while (!isSo()) {
        check(givenUp.hasNotPassedNow()) { "in a minute it has not come to this: $what" }
        Thread.sleep(2)
    }
}

/** A customer whose requests are never answered. */
const val NEVER = "cus_never"

/** The sandbox, in which [NEVER] is never answered. */
fun Sandbox.withOneThatStalls(): Sandbox = apply { script(NEVER, ScriptedAnswer.failing(Fault.STALL_BEFORE_HEADERS)) }

/** Waits for a request of [NEVER], which is then under way, and returns it. */
fun Sandbox.awaitStalled(count: Int = 1): List<ReceivedRequest> {
    fun stalled() = requests().filter { NEVER in it.body }
    waitUntil("$count requests have come") { stalled().size >= count }
    return stalled()
}

/** Waits until the connections of all requests of [NEVER] are closed. */
fun Sandbox.awaitClosed(count: Int = 1) =
    waitUntil("the connections are closed") { awaitStalled(count).let { it.size == count && it.all(ReceivedRequest::closed) } }

/** Longer than any test waits: a call that ends before has been ended by something else. */
val LONG = 300.seconds

/** Settings with which no limit ends a call within a test. */
fun Sandbox.patient(): ClientOptions.Builder =
    options().timeout(java.time.Duration.ofSeconds(300)).attemptTimeout(java.time.Duration.ofSeconds(300))
