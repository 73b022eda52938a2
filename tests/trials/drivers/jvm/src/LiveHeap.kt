package com.renumerate.trials

import java.lang.management.ManagementFactory
import javax.management.JMException
import javax.management.ObjectName

/** The bytes of live objects. What a collection has left for the next one, which comes when references are cleared, is none. */
fun liveHeap(): Long {
    val memory = ManagementFactory.getMemoryMXBean()
    val used =
        (1..3).minOf {
            System.gc()
            memory.heapMemoryUsage.used
        }
    trimNativeHeap()
    return used
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
