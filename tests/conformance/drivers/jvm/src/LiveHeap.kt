package com.renumerate.conformance

import java.lang.management.ManagementFactory
import javax.management.JMException
import javax.management.ObjectName

/** Number of consecutive collections that must free nothing. */
private const val STABLE_COLLECTIONS = 3

/**
 * Returns the bytes of live objects. Several collections are necessary, because threads of the JVM clear references
 * some time after many calls.
 */
fun liveHeap(): Long {
    val memory = ManagementFactory.getMemoryMXBean()
    var least = Long.MAX_VALUE
    var stable = 0
    while (stable < STABLE_COLLECTIONS) {
        System.gc()
        val used = memory.heapMemoryUsage.used
        stable = if (used < least - least / 100) 0 else stable + 1
        least = minOf(least, used)
        Thread.sleep(50)
    }
    trimNativeHeap()
    return least
}

/**
 * Returns free memory of the C library to the system. Otherwise, resident memory would show the peak.
 */
private fun trimNativeHeap() {
    try {
        val commands = ObjectName("com.sun.management:type=DiagnosticCommand")
        ManagementFactory.getPlatformMBeanServer().invoke(commands, "systemTrimNativeHeap", null, null)
    } catch (_: JMException) {
        // Available on Linux from JDK 17.0.9.
    }
}
