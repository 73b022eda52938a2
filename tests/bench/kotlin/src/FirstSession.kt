package com.renumerate.bench

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking

/** Creates one session, and prints the nanoseconds from the start of `main` to its id. */
internal fun printFirstSession(subject: String, server: Server, started: Long) {
    val id =
        when (val call = open(subject, server)) {
            is SuspendCall -> firstIdInCoroutine(call)
            is BlockingCall -> call.call()
            is FutureCall -> call.call().get()
        }
    val nanoseconds = System.nanoTime() - started
    check(id.startsWith(ID_PREFIX)) { "not a session: $id" }
    println(nanoseconds)
}

private fun firstIdInCoroutine(call: SuspendCall): String = runBlocking(Dispatchers.Default) { call.call() }
