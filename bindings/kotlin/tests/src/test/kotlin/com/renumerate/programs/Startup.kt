package com.renumerate.programs

import com.renumerate.BlockingClient
import com.renumerate.Client
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.name
import kotlin.io.path.readText

private fun processEntries(folder: String) = Files.list(Path.of("/proc/self/$folder")).use { entries -> entries.toList() }

/** Returns the number of threads of the native library. */
private fun threads() = processEntries("task").count { it.resolve("comm").readText().trim() == "renumerate" }

private fun sockets() = processEntries("fd").count {
    runCatching { Files.readSymbolicLink(it).name.startsWith("socket:") }.getOrDefault(false)
}

/** Returns whether the thread of the native library is attached to the JVM. */
private fun attached() = Thread.getAllStackTraces().keys.any { it.name == "renumerate" }

/** Prints the numbers of threads and sockets before the first call and after calls. */
fun main() {
    threads() // the JDK creates a socket when it reads its first file
    val before = sockets()
    val clients = listOf(BlockingClient(), Client())
    println("created: ${threads()} threads, ${sockets() - before} sockets")
    (clients[0] as BlockingClient).createRetentionSession(customerId = "cus_1")
    println("blocking: ${threads()} threads")
    runBlocking { (clients[1] as Client).createRetentionSession(customerId = "cus_1") }
    println("suspend: ${threads()} threads")
    val started = System.nanoTime()
    while (attached() && System.nanoTime() - started < 60e9) Thread.sleep(1)
    println("idle: attached ${attached()}")
    runBlocking { repeat(3) { (clients[1] as Client).createRetentionSession(customerId = "cus_1") } }
    println("again: ${threads()} threads")
}
