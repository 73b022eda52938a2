package com.renumerate.programs

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.RenumerateException
import kotlinx.coroutines.runBlocking

/** Makes a call with a new client of each kind, and prints the kinds of sessions and the exceptions. */
fun main() {
    val calls =
        listOf(
            { BlockingClient().createRetentionSession(customerId = "cus_1") },
            { runBlocking { Client().createRetentionSession(customerId = "cus_1") } },
            { AsyncClient().createRetentionSession { it.customerId("cus_1") }.join() },
        )
    for (call in calls) {
        try {
            println(call().id.take(4))
        } catch (error: RenumerateException) {
            println("${error.javaClass.simpleName}: ${error.message}")
        } catch (error: Throwable) {
            println("not ours: $error")
        }
    }
}
