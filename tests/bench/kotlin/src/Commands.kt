package com.renumerate.bench

import com.sun.management.OperatingSystemMXBean
import java.lang.management.ManagementFactory

/** A flat JSON object without spaces and escapes. A library for JSON would load more classes into each process. */
private class Command(line: String) {
    private val fields =
        line.removeSurrounding("{", "}").split(",\"").associate {
            it.substringBefore(':').trim('"') to it.substringAfter(':').trim('"')
        }

    fun text(name: String): String = fields.getValue(name)

    fun number(name: String): Double? = fields[name]?.toDouble()
}

internal fun runCommands() {
    // Clients are kept, because their connections stay open while other sections use another server.
    val clients = HashMap<String, Callers>()
    lateinit var client: Callers
    println("{}")
    for (line in generateSequence(::readlnOrNull)) {
        val command = Command(line)
        when (command.text("do")) {
            "open" -> {
                val server = Server(command.text("base_url"), command.text("ca_file"))
                client = clients.getOrPut(server.url) { callers(open(command.text("subject"), server)) }
                println("{}")
            }

            "calls" -> println(makeCalls(client, command))
        }
    }
}

private fun makeCalls(client: Callers, command: Command): String {
    val callers = command.text("concurrency").toInt()
    val (cpuBefore, wallBefore) = cpuTime() to System.nanoTime()
    val calls = command.number("count")?.let { it.toInt() / callers } ?: Int.MAX_VALUE
    val nanoseconds = command.number("seconds")?.let { (it * 1e9).toLong() } ?: Long.MAX_VALUE
    val counts = client.call(callers, Limit(calls, System.nanoTime() + nanoseconds))
    val wall = System.nanoTime() - wallBefore
    val cpu = cpuTime() - cpuBefore
    return """{"wall_seconds":${wall / 1e9},"cpu_seconds":${cpu / 1e9},""" +
        """"calls":${counts.sumOf(Counts::calls)},"sessions":${counts.sumOf(Counts::sessions)}}"""
}

private val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean

/** CPU time of the whole process, which includes threads of native libraries, the compiler and the garbage collector. */
private fun cpuTime(): Long = system.processCpuTime
