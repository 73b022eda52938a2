package com.renumerate.bench

import java.io.File

/**
 * Counts this process's threads and its resident memory while a contender comes up: run with its name and a URL, in a
 * process of its own. Writes for each stage its threads and its kilobytes.
 */
internal object FootprintProbe {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val stages = arrayListOf(now())
        endProcessAfter(Contender.valueOf(arguments[0])) { contender ->
            val call = contender.start(Target(arguments[1], authority = null))
            stages += now()
            val id = firstId(call)
            stages += now()
            check(id.startsWith(ID_PREFIX)) { "not a session: $id" }
            println(stages.joinToString(" "))
        }
    }

    private fun now(): String {
        val threads = File("/proc/self/task").list().orEmpty().size
        val memory = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }
        return "$threads ${memory.filter(Char::isDigit)}"
    }
}
