package com.renumerate.programs

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.RenumerateException
import kotlinx.coroutines.runBlocking

/** Makes one call, and prints the first four characters of the session id, or the exception. */
fun main(arguments: Array<String>) {
    try {
        val session =
            when (val kind = arguments[0]) {
                "suspend" -> runBlocking { Client().createRetentionSession(customerId = "cus_1") }
                "blocking" -> BlockingClient().createRetentionSession(customerId = "cus_1")
                "future" -> AsyncClient().createRetentionSession { it.customerId("cus_1") }.join()
                else -> error("unknown kind: $kind")
            }
        println(session.id.take(4))
    } catch (error: RenumerateException) {
        println("${error.javaClass.simpleName}: ${error.message}")
    }
}
