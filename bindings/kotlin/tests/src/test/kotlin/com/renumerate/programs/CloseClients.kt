package com.renumerate.programs

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readText

private fun entries(folder: String) = Files.list(Path.of("/proc/self/$folder")).use { entries -> entries.toList() }

/** Returns the open descriptors that are not files. Those of files belong to the JVM and to JNA. */
private fun descriptors() =
    entries("fd").mapNotNull { runCatching { "${Files.readSymbolicLink(it)}" }.getOrNull() }.filterNot { it.startsWith("/") }

/** Returns the names of the threads that native code has started. */
private fun threads() = entries("task").mapNotNull { runCatching { it.resolve("comm").readText().trim() }.getOrNull() }
    .filter { it.startsWith("renumerate") || it.startsWith("tokio") }

/** Uses and closes a client of each kind. Prints the descriptors and the threads that are left. */
fun main() {
    threads() // the JDK creates a socket when it reads its first file
    val before = descriptors()
    val uses =
        mapOf(
            "blocking" to { BlockingClient().use { it.createRetentionSession(customerId = "cus_1") } },
            "suspend" to { Client().use { runBlocking { it.createRetentionSession(customerId = "cus_1") } } },
            "future" to { AsyncClient().use { client -> client.createRetentionSession { it.customerId("cus_1") }.join() } },
            "closed before the response" to {
                AsyncClient().use { client -> client.createRetentionSession { it.customerId("cus_slow") } }.join()
            },
        )
    for ((name, use) in uses) {
        use()
        fun left() = descriptors() - before.toSet() + threads()
        val started = System.nanoTime()
        while (left().isNotEmpty() && System.nanoTime() - started < 20e9) Thread.sleep(1)
        println("$name: ${left()}")
    }
}
