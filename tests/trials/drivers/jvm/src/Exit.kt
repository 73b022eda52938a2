package com.renumerate.trials

import kotlin.system.exitProcess

/** Ends of a JVM that are hard on a native library: the argument says which one. */
fun main(arguments: Array<String>) {
    val wanted = arguments.singleOrNull()
    if (wanted == "--list") {
        endings.keys.forEach(::println)
        return
    }
    val ending = endings[wanted]
    if (ending == null) {
        System.err.println("there is no scenario $wanted: see --list")
        exitProcess(2)
    }
    ending()
}
