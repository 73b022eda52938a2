package com.renumerate.internal

import com.renumerate.ClientOptions
import com.renumerate.Logger
import com.renumerate.Session
import java.nio.ByteBuffer
import java.nio.channels.ClosedByInterruptException
import java.nio.channels.spi.AbstractInterruptibleChannel
import java.util.concurrent.atomic.AtomicLong

/** Calls that are driven on the thread that makes them: no other thread has to wake up for them. */
internal class CallingThreadCalls private constructor(private val native: CallingThreadClient, private val logger: Logger?) {
    private val numbers = AtomicLong()

    @Throws(InterruptedException::class)
    fun <S : Session> create(request: Request, make: MakeSession<S>): S {
        if (Thread.interrupted()) throw InterruptedException("the thread was interrupted before the call")
        val heard = if (logger == null) request else request.copy(listens = true)
        val number = numbers.incrementAndGet()
        val outcome =
            try {
                outcome(number, heard)
            } catch (_: ClosedByInterruptException) {
                Thread.interrupted() // that the exception tells now
                native.outcome(number) // of interest to nobody, and not to be kept
                throw InterruptedException("the call was interrupted")
            }
        return outcome.unwrap(logger, make)
    }

    private fun outcome(number: Long, request: Request): Outcome = Lent.with(request) { lent, length ->
        native.announce(number) // an interrupt may come before the call
        val written =
            Interruption { native.abort(number) }.around { native.create(number, lent.address, length, lent.capacity) }
        val bytes = if (written < 0) ByteBuffer.wrap(native.outcome(number)) else lent.written(written)
        FfiConverterTypeOutcome.read(bytes)
    }

    fun close(): Unit = native.finish()

    fun state(): String = native.state()

    companion object {
        operator fun invoke(options: ClientOptions, budget: RetryBudget? = null): CallingThreadCalls =
            options.make { key, settings, logger -> CallingThreadCalls(CallingThreadClient(key, settings, budget), logger) }
    }
}

/**
 * Native code does not hear of a thread's interrupts. Channels do: what this class does for them, it does for a call. It is
 * for one call alone.
 */
private class Interruption(private val abort: () -> Unit) : AbstractInterruptibleChannel() {
    fun <T> around(work: () -> T): T {
        try {
            begin()
            return work()
        } finally {
            end(true)
        }
    }

    /** Runs on the thread that interrupts. */
    override fun implCloseChannel() = abort()
}
