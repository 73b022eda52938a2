package com.renumerate.internal

import com.sun.jna.Memory
import com.sun.jna.Pointer
import java.lang.ref.Reference
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.charset.CharacterCodingException
import java.util.concurrent.atomic.AtomicReferenceArray

/**
 * Off-heap memory that native code uses during a call: native code reads the request from it and may write the outcome
 * into it.
 *
 * This class replaces the buffers of the code that UniFFI generates. Those are JNA structures, and using one takes
 * longer than the rest of a native call.
 *
 * Unused buffers are kept in a pool with a fixed number of slots. The id of a thread determines its slot. Thread-local
 * variables are not used, because they would keep the class loader of this library in memory: the threads of an
 * application server live longer than the class loader.
 */
internal class NativeBuffer private constructor(val capacity: Int) {
    // SAFETY: JNA frees the memory when the garbage collector collects this object. `withRequest` keeps this object
    // reachable during the native call.
    private val memory = Memory(capacity.toLong())
    private val bytes: ByteBuffer = memory.getByteBuffer(0, capacity.toLong()).order(ByteOrder.BIG_ENDIAN)

    /** Address of the memory. SAFETY: only native code receives it, together with the number of accessible bytes. */
    val address: Long = Pointer.nativeValue(memory)

    /** Returns the first [length] bytes, which native code has written. */
    fun contents(length: Int): ByteBuffer = bytes.clear().limit(length)

    private fun write(request: Request) = try {
        FfiConverterTypeRequest.write(request, bytes.clear())
    } catch (_: CharacterCodingException) {
        FfiConverterTypeRequest.write(request.withInvalidTextMarked(), bytes.clear()) // is never longer, so it fits
    }

    companion object {
        private const val POOLED_CAPACITY = 4096
        private const val SLOTS = 64
        private const val SLOT_STRIDE = 16 // puts the slots of different threads into different cache lines
        private val pool = AtomicReferenceArray<NativeBuffer?>(SLOTS * SLOT_STRIDE)

        /** Writes the request into a buffer and passes the buffer and the request's length in bytes to [block]. */
        inline fun <T> withRequest(request: Request, block: (NativeBuffer, Int) -> T): T {
            val needed = FfiConverterTypeRequest.allocationSize(request).toInt()
            val buffer = if (needed > POOLED_CAPACITY) NativeBuffer(needed) else acquire()
            try {
                buffer.write(request)
                return block(buffer, buffer.bytes.position())
            } finally {
                Reference.reachabilityFence(buffer) // keeps the memory allocated during the native call
                if (needed <= POOLED_CAPACITY) pool.set(slot(), buffer)
            }
        }

        private fun acquire(): NativeBuffer = pool.getAndSet(slot(), null) ?: NativeBuffer(POOLED_CAPACITY)

        private fun slot(): Int = (Thread.currentThread().id % SLOTS).toInt() * SLOT_STRIDE
    }
}

/**
 * Reads the outcomes that native code has stored at [address]. They are preceded by 8 bytes with the number of bytes
 * that follow, and by 4 bytes with the number of outcomes.
 */
internal fun readOutcomes(address: Long): List<Outcome> {
    // SAFETY: native code keeps the length and the bytes after it at this address until `Results.next` is called again.
    val length = Pointer(address).getByteBuffer(0, Long.SIZE_BYTES.toLong()).order(ByteOrder.BIG_ENDIAN).getLong()
    // SAFETY: exactly `length` bytes follow, and this function reads them before it returns.
    val buffer = Pointer(address).getByteBuffer(Long.SIZE_BYTES.toLong(), length).order(ByteOrder.BIG_ENDIAN)
    return List(buffer.getInt()) { FfiConverterTypeOutcome.read(buffer) }
}
