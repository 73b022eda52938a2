package com.renumerate.internal

import java.lang.invoke.MethodHandle
import java.lang.invoke.MethodHandles
import java.lang.invoke.MethodType

/** Virtual threads, which the JVM has from 21 on. Native code that blocks on one would hold the thread that carries it. */
internal object VirtualThreads {
    private val isVirtual: MethodHandle? =
        try {
            val type = MethodType.methodType(Boolean::class.javaPrimitiveType)
            MethodHandles.publicLookup().findVirtual(Thread::class.java, "isVirtual", type)
        } catch (_: NoSuchMethodException) {
            null
        }

    /** Whether this JVM has them. */
    val exist: Boolean = isVirtual != null

    /** Whether the caller runs on one. */
    fun isCurrent(): Boolean = isVirtual != null && isVirtual.invoke(Thread.currentThread()) as Boolean
}
