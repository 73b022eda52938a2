package com.renumerate.internal

import com.renumerate.ClientOptions
import com.renumerate.HandshakeToken
import com.renumerate.Logger
import com.renumerate.Session
import java.nio.ByteBuffer
import java.nio.channels.ClosedByInterruptException
import java.nio.channels.spi.AbstractInterruptibleChannel
import java.util.concurrent.atomic.AtomicLong

/** Runs calls on the calling thread. This is faster than waking up another thread. */
internal class CallingThreadCalls private constructor(private val native: CallingThreadClient, private val logger: Logger?) {
    private val lastCallId = AtomicLong()

    /** Blocks until the call ends. Interrupting the thread aborts the call. */
    @Throws(InterruptedException::class)
    fun <S : Session> create(request: Request, factory: SessionFactory<S>): S {
        if (Thread.interrupted()) throw InterruptedException("the thread was interrupted before the call")
        val callId = lastCallId.incrementAndGet()
        val outcome =
            try {
                outcome(callId, request.withLogs(logger))
            } catch (_: ClosedByInterruptException) {
                Thread.interrupted() // clears the interrupt flag: the exception below reports the interrupt
                native.outcome(callId) // removes an outcome that is too large for the buffer from native memory
                throw InterruptedException("the call was interrupted")
            }
        return outcome.unwrap(logger, factory)
    }

    /** Creates a handshake token. */
    fun createToken(customerId: String?): HandshakeToken = createToken(customerId, logger, native::createHandshakeToken)

    private fun outcome(callId: Long, request: Request): Outcome = NativeBuffer.withRequest(request) { buffer, length ->
        native.register(callId) // so that an interrupt can abort the call even before it starts
        val section = InterruptibleSection { native.abort(callId) }
        val written = section.execute { native.create(callId, buffer.address, length, buffer.capacity) }
        val bytes = if (written < 0) ByteBuffer.wrap(native.outcome(callId)) else buffer.contents(written)
        FfiConverterTypeOutcome.read(bytes)
    }

    fun close(): Unit = native.shutDown()

    fun describe(): String = native.describe()

    companion object {
        operator fun invoke(options: ClientOptions, limits: SharedLimits? = null): CallingThreadCalls =
            options.createClient { key, settings, logger ->
                CallingThreadCalls(CallingThreadClient(key, settings, limits), logger)
            }
    }
}

/**
 * Runs a block and calls [onInterrupt] if the thread is interrupted during the block. Native code cannot observe
 * interrupts. This class therefore extends a channel class of the JDK: the JDK closes a channel when the thread that
 * uses it is interrupted. Each call needs a new instance.
 */
private class InterruptibleSection(private val onInterrupt: () -> Unit) : AbstractInterruptibleChannel() {
    fun <T> execute(block: () -> T): T {
        try {
            begin()
            return block()
        } finally {
            end(true)
        }
    }

    /** Calls [onInterrupt]. The JDK calls this function on the thread that interrupts the block. */
    override fun implCloseChannel() = onInterrupt()
}
