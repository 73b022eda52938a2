package com.renumerate.internal

import java.lang.invoke.MethodHandle
import java.lang.invoke.MethodHandles
import java.lang.invoke.MethodType

/**
 * Detects virtual threads (Java 21 or later). Native code that blocks a virtual thread also blocks its carrier thread,
 * so the calls of virtual threads run on another thread.
 */
internal object VirtualThreads {
    private val isVirtual: MethodHandle? =
        try {
            val type = MethodType.methodType(Boolean::class.javaPrimitiveType)
            MethodHandles.publicLookup().findVirtual(Thread::class.java, "isVirtual", type)
        } catch (_: NoSuchMethodException) {
            null
        }

    /** Whether this JVM supports virtual threads. */
    val isSupported: Boolean = isVirtual != null

    /** Returns whether the calling thread is virtual. */
    fun isCurrentThread(): Boolean = isVirtual != null && isVirtual.invoke(Thread.currentThread()) as Boolean
}
