package com.renumerate.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlin.system.exitProcess

/**
 * A program that mints one session and ends. It writes the nanoseconds from its first line to the session's id; what it
 * is given are a contender's name and a URL.
 */
internal object FirstSession {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val started = System.nanoTime()
        endProcessAfter(Contender.valueOf(arguments[0])) { contender ->
            val call = contender.start(Target(arguments[1], authority = null))
            val id = firstId(call)
            val took = System.nanoTime() - started
            check(id.startsWith(ID_PREFIX)) { "not a session: $id" }
            println(took)
        }
    }
}

/** Threads that wait for calls would keep some contenders' processes. What goes wrong is said on stderr. */
internal inline fun endProcessAfter(contender: Contender, work: (Contender) -> Unit): Nothing {
    try {
        work(contender)
    } catch (failure: Throwable) {
        System.err.println("$contender: ${failure.stackTraceToString()}")
        exitProcess(1)
    }
    exitProcess(0)
}

internal fun firstId(call: Call): String = when (call) {
    is SuspendCall -> firstIdInCoroutine(call)
    is BlockingCall -> call.call()
    is FutureCall -> call.call().get()
}

private fun firstIdInCoroutine(call: SuspendCall): String = runBlocking(Dispatchers.Default) { call.call() }
