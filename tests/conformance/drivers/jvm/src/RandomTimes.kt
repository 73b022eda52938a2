package com.renumerate.conformance

import java.util.concurrent.Future
import java.util.concurrent.ScheduledThreadPoolExecutor
import java.util.concurrent.TimeUnit
import kotlin.random.Random

/** Runs actions after random delays of up to `maxDelay` seconds, on a separate thread. */
class RandomTimes(maxDelay: Double) : AutoCloseable {
    private val nanoseconds = TimeUnit.SECONDS.toNanos(1) * maxDelay
    private val timer = ScheduledThreadPoolExecutor(1).apply { removeOnCancelPolicy = true }

    fun schedule(action: Runnable): Future<*> {
        val after = (Random.nextDouble() * nanoseconds).toLong()
        return timer.schedule(action, after, TimeUnit.NANOSECONDS)
    }

    override fun close() {
        timer.shutdown()
        timer.awaitTermination(1, TimeUnit.MINUTES) // so that its thread is not counted
    }
}
