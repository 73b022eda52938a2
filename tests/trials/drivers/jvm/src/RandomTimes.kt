package com.renumerate.trials

import java.util.concurrent.Future
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit
import kotlin.random.Random

/** Does things at random times between now and the longest, in seconds: on a thread of its own, as those who cancel are. */
class RandomTimes(longest: Double) : AutoCloseable {
    private val nanoseconds = TimeUnit.SECONDS.toNanos(1) * longest
    private val timer = ScheduledThreadPoolExecutor(1).apply { removeOnCancelPolicy = true }

    fun soon(act: Runnable): Future<*> {
        val after = (Random.nextDouble() * nanoseconds).toLong()
        return timer.schedule(act, after, TimeUnit.NANOSECONDS)
    }

    override fun close() {
        timer.shutdown()
        timer.awaitTermination(1, TimeUnit.MINUTES) // its thread is none of those that are left
    }
}
