package com.renumerate.bench

import kotlin.system.exitProcess

/**
 * Worker for Kotlin; the README in `tests/bench` describes its commands. A call that fails ends the process.
 *
 * With the arguments `first-session SUBJECT URL CA_FILE`, it creates one session instead.
 */
internal object Worker {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val started = System.nanoTime()
        try {
            if (arguments.isEmpty()) {
                runCommands()
            } else {
                printFirstSession(arguments[1], Server(arguments[2], arguments[3]), started)
            }
        } catch (failure: Throwable) {
            System.err.println(failure.stackTraceToString())
            exitProcess(1)
        }
        exitProcess(0) // because threads of some subjects would keep the process alive
    }
}
