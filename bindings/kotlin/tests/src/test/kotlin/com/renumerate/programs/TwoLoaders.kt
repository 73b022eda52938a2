package com.renumerate.programs

import java.net.URLClassLoader
import java.nio.file.Path
import java.util.concurrent.CompletableFuture

/** Makes a call in a class loader with its own copy of the library, as in a web application. */
private fun callIn(loader: ClassLoader): String {
    val client = loader.loadClass("com.renumerate.AsyncClient").getConstructor().newInstance()
    val builder = loader.loadClass("com.renumerate.RetentionSessionRequest").getMethod("builder").invoke(null)
    builder.javaClass.getMethod("customerId", String::class.java).invoke(builder, "cus_1")
    val request = builder.javaClass.getMethod("build").invoke(builder)
    val session = (
        client.javaClass.getMethod(
            "createRetentionSession",
            request.javaClass,
        ).invoke(client, request) as CompletableFuture<*>
        ).join()
    client.javaClass.getMethod("close").invoke(client)
    return (session.javaClass.getMethod("getId").invoke(session) as String).take(4)
}

private fun loader() =
    URLClassLoader(classPath.map { Path.of(it).toUri().toURL() }.toTypedArray(), ClassLoader.getPlatformClassLoader())

/** Returns whether all library threads detach from the JVM within a minute. */
private fun isReleased(): Boolean {
    val started = System.nanoTime()
    while (Thread.getAllStackTraces().keys.any { it.name == "renumerate" }) {
        if (System.nanoTime() - started > 60e9) return false
        Thread.sleep(1)
    }
    return true
}

/** Uses two class loaders, closes one as a server does with an application, and continues with others. */
fun main() {
    val first = loader()
    var closed: URLClassLoader? = loader()
    println("${callIn(first)} ${callIn(closed!!)}")
    println("released: ${isReleased()}")
    closed.close()
    closed = null
    repeat(20) {
        System.gc()
        Thread.sleep(20) // remaining threads of the closed loader would fail by now
    }
    println(callIn(first))
    println(callIn(loader()))
}
