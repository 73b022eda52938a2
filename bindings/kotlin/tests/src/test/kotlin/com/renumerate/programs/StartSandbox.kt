package com.renumerate.programs

import com.renumerate.testing.Sandbox

/** Starts a sandbox twice, and prints the result of each attempt. */
fun main() {
    repeat(2) {
        println(runCatching { Sandbox.start().use { "started" } }.getOrElse { "${it.javaClass.simpleName}: ${it.message}" })
    }
}
