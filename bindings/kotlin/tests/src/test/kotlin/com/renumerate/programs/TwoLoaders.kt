package com.renumerate.programs

import java.net.URLClassLoader
import java.nio.file.Path
import java.util.concurrent.CompletableFuture

/** A call in a class loader that has all of the library for itself, as a web application has. */
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

/** Whether no thread of the JVM's is a library's any more. */
private fun isLetGo(): Boolean {
    val started = System.nanoTime()
    while (Thread.getAllStackTraces().keys.any { it.name == "renumerate" }) {
        if (System.nanoTime() - started > 60e9) return false
        Thread.sleep(1)
    }
    return true
}

/** Two class loaders at once; then one is taken away, as a server does with an application, and others go on. */
fun main() {
    val stays = loader()
    var goes: URLClassLoader? = loader()
    println("${callIn(stays)} ${callIn(goes!!)}")
    println("let go within a moment: ${isLetGo()}")
    goes.close()
    goes = null
    repeat(20) {
        System.gc()
        Thread.sleep(20) // what the other one had left behind would fall over by now
    }
    println(callIn(stays))
    println(callIn(loader()))
}
