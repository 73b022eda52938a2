package com.renumerate.trials

import java.lang.management.ManagementFactory
import javax.management.JMException
import javax.management.ObjectName

/** How many collections in a row must find nothing more. */
private const val IN_VAIN = 3

/**
 * The bytes of live objects. What a collection has left for later ones is none: they come when threads of the JVM's have
 * cleared references, which takes a while after a rush of calls.
 */
fun liveHeap(): Long {
    val memory = ManagementFactory.getMemoryMXBean()
    var least = Long.MAX_VALUE
    var inVain = 0
    while (inVain < IN_VAIN) {
        System.gc()
        val used = memory.heapMemoryUsage.used
        inVain = if (used < least - least / 100) 0 else inVain + 1
        least = minOf(least, used)
        Thread.sleep(50)
    }
    trimNativeHeap()
    return least
}

/**
 * Has the C library give back what is free: of a rush of calls, which threads of the JVM's begin and the library's thread
 * ends, it would keep the most that there ever was, and resident memory would tell of that.
 */
private fun trimNativeHeap() {
    try {
        val commands = ObjectName("com.sun.management:type=DiagnosticCommand")
        ManagementFactory.getPlatformMBeanServer().invoke(commands, "systemTrimNativeHeap", null, null)
    } catch (_: JMException) {
        // JVMs have it on Linux, from 17.0.9 on.
    }
}
