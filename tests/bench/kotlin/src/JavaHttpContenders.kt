// What comes with Java.

package com.renumerate.bench

import kotlinx.coroutines.future.await
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse
import java.net.http.HttpResponse.BodyHandlers
import java.util.concurrent.CompletableFuture

private class JavaHttp(target: Target) {
    // Without this it asks a server without TLS whether that speaks HTTP/2.
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).also { trust(it, target) }.build()
    private val uri = URI(target.url + PATH)

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

private fun trust(builder: HttpClient.Builder, target: Target) {
    target.authority?.let { builder.sslContext(Trust(it).context) }
}

internal fun javaHttpBlocking(target: Target): BlockingCall {
    val http = JavaHttp(target)
    return BlockingCall { PeerJson.id(http.send().body()) }
}

internal fun javaHttpSuspend(target: Target): SuspendCall {
    val http = JavaHttp(target)
    return SuspendCall { PeerJson.id(http.sendAsync().await().body()) }
}

internal fun javaHttpFuture(target: Target): FutureCall {
    val http = JavaHttp(target)
    return FutureCall { http.sendAsync().thenApply { PeerJson.id(it.body()) } }
}
