package com.renumerate.conformance

import kotlin.system.exitProcess

/** Runs the shutdown scenario that the argument names, or prints all names with `--list`. */
fun main(arguments: Array<String>) {
    val name = arguments.singleOrNull()
    if (name == "--list") {
        shutdownScenarios.keys.forEach(::println)
        return
    }
    val scenario = shutdownScenarios[name]
    if (scenario == null) {
        System.err.println("unknown scenario $name: see --list")
        exitProcess(2)
    }
    scenario()
}
