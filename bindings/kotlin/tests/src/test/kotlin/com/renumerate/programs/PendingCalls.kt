package com.renumerate.programs

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.ClientOptions
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.launch
import java.time.Duration
import kotlin.concurrent.thread

/** Starts a call of each kind for a stalled customer, waits for a byte on stdin, and returns. */
@OptIn(DelicateCoroutinesApi::class)
fun main(arguments: Array<String>) {
    val options = ClientOptions.builder().timeout(Duration.ofSeconds(300)).attemptTimeout(Duration.ofSeconds(300)).build()
    val customer = arguments.single()
    AsyncClient(options).createRetentionSession { it.customerId(customer) }
    GlobalScope.launch { Client(options).createRetentionSession(customerId = customer) }
    thread(isDaemon = true) { BlockingClient(options).createRetentionSession(customerId = customer) }
    println("started")
    System.`in`.read()
    println("returns")
}
