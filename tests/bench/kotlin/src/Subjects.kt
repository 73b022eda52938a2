// Subjects: HTTP clients, each of which creates a client of a server, and a call that returns a session's id.
//
// Code that needs a library is in a file of its own, and is loaded only for subjects with this library: the class path
// of the others does not have it.

package com.renumerate.bench

import java.util.concurrent.CompletableFuture

internal sealed interface Call

internal fun interface SuspendCall : Call {
    suspend fun call(): String
}

internal fun interface BlockingCall : Call {
    fun call(): String
}

internal fun interface FutureCall : Call {
    fun call(): CompletableFuture<String>
}

/** Creates a client of a server. The orchestrator's list of subjects has the same names, and the libraries. */
internal fun open(subject: String, server: Server): Call = when (subject) {
    "renumerate.Client (coroutines)" -> renumerateSuspend(server)
    "OkHttp (coroutines)" -> okHttpSuspend(server)
    "java.net.http (coroutines)" -> javaHttpSuspend(server)
    "Ktor, CIO (coroutines)" -> ktorOnCio(server)
    "Ktor, OkHttp (coroutines)" -> ktorOnOkHttp(server)
    "renumerate.BlockingClient (threads)" -> renumerateBlocking(server)
    "OkHttp (threads)" -> okHttpBlocking(server)
    "java.net.http (threads)" -> javaHttpBlocking(server)
    "renumerate.AsyncClient (futures)" -> renumerateFuture(server)
    "OkHttp (futures)" -> okHttpFuture(server)
    "java.net.http (futures)" -> javaHttpFuture(server)
    else -> error("unknown subject: $subject")
}
