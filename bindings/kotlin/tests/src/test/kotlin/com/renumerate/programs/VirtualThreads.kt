package com.renumerate.programs

import com.renumerate.BlockingClient
import com.renumerate.ClientOptions
import com.renumerate.ServerException
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger

/** Checks that 100 stalled calls do not block the only carrier thread. */
fun main(arguments: Array<String>) {
    val options = ClientOptions.builder()
        .timeout(Duration.ofSeconds(300))
        .attemptTimeout(Duration.ofSeconds(300))
        .maxConnections(200)
        .build()
    val client = BlockingClient(options)
    val interrupted = AtomicInteger()
    // By reflection, because the tests are compiled for a JVM without virtual threads.
    val pool = Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
    val stalled =
        List(100) {
            pool.submit {
                try {
                    client.createRetentionSession(customerId = arguments.single())
                } catch (_: InterruptedException) {
                    interrupted.incrementAndGet()
                }
            }
        }
    val sessions = pool.invokeAll(
        List(100) {
            Callable { client.createRetentionSession(customerId = "cus_1").id }
        },
    ).map { it.get() }
    println("${stalled.count { !it.isDone }} stalled, ${sessions.toSet().size} sessions")
    pool.shutdownNow()
    pool.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS)
    println("$interrupted interrupted")
    // 500 tokens suffice for 50 calls with two retries each. All threads share them.
    fun attempts() = runCatching { client.createRetentionSession(customerId = "cus_failing") }.exceptionOrNull()
        .let { (it as ServerException).attempts.size }
    repeat(60) { attempts() }
    val virtual = Executors::class.java.getMethod("newVirtualThreadPerTaskExecutor").invoke(null) as ExecutorService
    println("${virtual.submit(Callable { attempts() }).get()} attempt when the token bucket is empty")
}
