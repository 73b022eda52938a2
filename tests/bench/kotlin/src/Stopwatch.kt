package com.renumerate.bench

import com.sun.management.OperatingSystemMXBean
import java.lang.management.ManagementFactory

/** Wall time, and the CPU time of this whole process: a native library's threads, compiling and collecting count too. */
internal class Stopwatch {
    private val cpu = cpu()
    private val wall = System.nanoTime()

    /** The nanoseconds since the start: wall and CPU. */
    fun stop(): Pair<Long, Long> = Pair(System.nanoTime() - wall, cpu() - cpu)

    private companion object {
        val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean

        fun cpu(): Long = system.processCpuTime
    }
}
