package com.renumerate.internal

import com.sun.jna.Memory
import com.sun.jna.Pointer
import java.lang.ref.Reference
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.charset.CharacterCodingException
import java.util.concurrent.atomic.AtomicReferenceArray

/**
 * Memory that is lent to the native side for the length of a call: a request is written into it, and perhaps an outcome
 * read from it. Structures of JNA's, which UniFFI's own buffers are, take longer than all else of a crossing.
 *
 * It is used again. A thread finds some in the place that its number gives; no thread keeps any, since pools of threads
 * outlive class loaders.
 */
internal class Lent private constructor(val capacity: Int) {
    // SAFETY: it is freed with this object, which whoever lends it holds until it has come back.
    private val memory = Memory(capacity.toLong())
    private val buffer: ByteBuffer = memory.getByteBuffer(0, capacity.toLong()).order(ByteOrder.BIG_ENDIAN)

    /** Where it is. SAFETY: the number goes to the native side alone, together with how much there is. */
    val address: Long = Pointer.nativeValue(memory)

    /** The bytes that the native side has written. */
    fun written(length: Int): ByteBuffer = buffer.clear().limit(length)

    private fun write(request: Request) = try {
        FfiConverterTypeRequest.write(request, buffer.clear())
    } catch (_: CharacterCodingException) {
        FfiConverterTypeRequest.write(request.withBrokenTexts(), buffer.clear())
    }

    companion object {
        private const val SIZE = 4096
        private const val NAMES = 128 // what the parameters' names take, where they are given by these
        private const val PLACES = 64
        private const val APART = 16 // places of two threads in one cache line would be slow
        private val free = AtomicReferenceArray<Lent?>(PLACES * APART)

        /** Lends memory in which the request stands, and says how long that is. */
        inline fun <T> with(request: Request, work: (Lent, Int) -> T): T {
            val needed = FfiConverterTypeRequest.allocationSize(request).toInt() + NAMES
            val lent = if (needed > SIZE) Lent(needed) else take()
            try {
                lent.write(request)
                return work(lent, lent.buffer.position())
            } finally {
                Reference.reachabilityFence(lent) // or it could be freed while it is lent
                if (needed <= SIZE) free.set(place(), lent)
            }
        }

        private fun take(): Lent = free.getAndSet(place(), null) ?: Lent(SIZE)

        private fun place(): Int = (Thread.currentThread().id % PLACES).toInt() * APART
    }
}

/** The outcomes that the native side shows at this address: their length in 8 bytes, then how many, and they themselves. */
internal fun outcomesAt(address: Long): List<Outcome> {
    // SAFETY: the native side shows a length there, and so many bytes behind it, until it is asked for more.
    val length = Pointer(address).getByteBuffer(0, Long.SIZE_BYTES.toLong()).order(ByteOrder.BIG_ENDIAN).getLong()
    // SAFETY: the length is that of what follows, and all is read before this returns.
    val buffer = Pointer(address).getByteBuffer(Long.SIZE_BYTES.toLong(), length).order(ByteOrder.BIG_ENDIAN)
    return List(buffer.getInt()) { FfiConverterTypeOutcome.read(buffer) }
}
