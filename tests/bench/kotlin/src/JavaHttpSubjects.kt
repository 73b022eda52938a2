// The HTTP client of Java.

package com.renumerate.bench

import kotlinx.coroutines.future.await
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.util.concurrent.CompletableFuture

private class JavaHttp(server: Server) {
    // By default it asks a server without TLS to upgrade to HTTP/2.
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).also { trust(it, server) }.build()
    private val uri = URI(server.url + PATH)

    fun send(): HttpResponse<String> = client.send(request(), BodyHandlers.ofString())

    fun sendAsync(): CompletableFuture<HttpResponse<String>> = client.sendAsync(request(), BodyHandlers.ofString())

    private fun request(): HttpRequest = HttpRequest
        .newBuilder(uri)
        .timeout(LIMIT)
        .header(KEY_HEADER, KEY)
        .header("Content-Type", JSON_TYPE)
        .POST(BodyPublishers.ofString(PeerJson.body()))
        .build()
}

private fun trust(builder: HttpClient.Builder, server: Server) {
    server.caFile?.let { builder.sslContext(Trust(it).context) }
}

internal fun javaHttpBlocking(server: Server): BlockingCall {
    val http = JavaHttp(server)
    return BlockingCall { PeerJson.id(http.send().body()) }
}

internal fun javaHttpSuspend(server: Server): SuspendCall {
    val http = JavaHttp(server)
    return SuspendCall { PeerJson.id(http.sendAsync().await().body()) }
}

internal fun javaHttpFuture(server: Server): FutureCall {
    val http = JavaHttp(server)
    return FutureCall { http.sendAsync().thenApply { PeerJson.id(it.body()) } }
}
