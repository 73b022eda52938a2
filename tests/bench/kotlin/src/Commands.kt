package com.renumerate.bench

import com.sun.management.OperatingSystemMXBean
import java.lang.management.ManagementFactory

/**
 * A flat JSON object without spaces and escapes. It is read as text, because a library for JSON, and even Kotlin's
 * functions for collections, would add megabytes to the footprint of each subject.
 */
private class Command(private val line: String) {
    fun text(name: String): String = line.substringAfter("\"$name\":\"", "").substringBefore('"')

    fun number(name: String): Double? {
        val number = line.substringAfter("\"$name\":", "").substringBefore(',').substringBefore('}')
        return if (number.isEmpty()) null else number.toDouble()
    }
}

internal fun runCommands() {
    // Clients are kept, because their connections stay open while other sections use another server.
    val clients = HashMap<String, Callers>()
    lateinit var client: Callers
    println("{}")
    while (true) {
        val command = Command(readlnOrNull() ?: return)
        when (command.text("do")) {
            "open" -> {
                val server = Server(command.text("base_url"), command.text("ca_file"))
                client = clients.getOrPut(server.url) { callers(open(command.text("subject"), server)) }
                println("{}")
            }

            "calls" -> println(makeCalls(client, command))

            "tokens" -> println(createTokens(command))
        }
    }
}

private fun makeCalls(client: Callers, command: Command): String {
    val callers = command.number("concurrency")?.toInt() ?: error("no concurrency")
    val calls = command.number("count")?.let { it.toInt() / callers } ?: Int.MAX_VALUE
    val nanoseconds = command.number("seconds")?.let { (it * 1e9).toLong() } ?: Long.MAX_VALUE
    val cpuBefore = CpuTime.now()
    val wallBefore = System.nanoTime()
    val counts = client.call(callers, Limit(calls, wallBefore + nanoseconds))
    val wall = System.nanoTime() - wallBefore
    val cpu = CpuTime.now() - cpuBefore
    return """{"wall_seconds":${wall / 1e9},"cpu_seconds":${cpu / 1e9},""" +
        """"calls":${counts.sumOf(Counts::calls)},"sessions":${counts.sumOf(Counts::sessions)}}"""
}

private fun createTokens(command: Command): String {
    val create = tokens(command.text("subject"))
    val count = command.number("count")?.toInt() ?: error("no count")
    val cpuBefore = CpuTime.now()
    val wallBefore = System.nanoTime()
    repeat(count) { check(create.create().startsWith("ey")) }
    val wall = System.nanoTime() - wallBefore
    return """{"wall_seconds":${wall / 1e9},"cpu_seconds":${(CpuTime.now() - cpuBefore) / 1e9}}"""
}

/** CPU time of the whole process, with native libraries, the compiler and the garbage collector. */
private object CpuTime {
    private val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean

    fun now(): Long = system.processCpuTime
}
