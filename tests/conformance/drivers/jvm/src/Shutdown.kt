package com.renumerate.conformance

import kotlin.system.exitProcess

/** Runs the shutdown scenario that the argument names, or prints all names with `--list`. */
fun main(arguments: Array<String>) {
    val wanted = arguments.singleOrNull()
    if (wanted == "--list") {
        shutdownScenarios.keys.forEach(::println)
        return
    }
    val scenario = shutdownScenarios[wanted]
    if (scenario == null) {
        System.err.println("unknown scenario $wanted: see --list")
        exitProcess(2)
    }
    scenario()
}
