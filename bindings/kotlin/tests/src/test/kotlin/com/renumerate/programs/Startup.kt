package com.renumerate.programs

import com.renumerate.BlockingClient
import com.renumerate.Client
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.name
import kotlin.io.path.readText

private fun natives(folder: String) = Files.list(Path.of("/proc/self/$folder")).use { entries -> entries.toList() }

/** The threads of the native library. */
private fun threads() = natives("task").count { it.resolve("comm").readText().trim() == "renumerate" }

private fun sockets() = natives("fd").count {
    runCatching { Files.readSymbolicLink(it).name.startsWith("socket:") }.getOrDefault(false)
}

/** Whether the native library's thread is one of the JVM's. */
private fun attached() = Thread.getAllStackTraces().keys.any { it.name == "renumerate" }

/** Prints what a client costs before its first call, and what is left after it. */
fun main() {
    threads() // the JDK makes a socket of its own when it reads its first file
    val before = sockets()
    val clients = listOf(BlockingClient(), Client())
    println("made: ${threads()} threads, ${sockets() - before} sockets")
    (clients[0] as BlockingClient).createRetentionSession(customerId = "cus_1")
    println("blocking: ${threads()} threads")
    runBlocking { (clients[1] as Client).createRetentionSession(customerId = "cus_1") }
    println("suspend: ${threads()} threads")
    val started = System.nanoTime()
    while (attached() && System.nanoTime() - started < 60e9) Thread.sleep(1)
    println("at rest: attached ${attached()}")
    runBlocking { repeat(3) { (clients[1] as Client).createRetentionSession(customerId = "cus_1") } }
    println("again: ${threads()} threads")
}
