package com.renumerate.bench

import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.ConnectionPool
import okhttp3.Dispatcher
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import java.io.IOException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** More concurrent calls and kept connections than any load here needs. The defaults are five of each per host. */
private const val CAPACITY = 256

private class OkHttp(server: Server) {
    private val client = okHttpClient(server)
    private val url = server.url + PATH
    private val type = JSON_TYPE.toMediaType()

    fun newCall(): Call {
        val body = PeerJson.body().toRequestBody(type)
        val request =
            Request
                .Builder()
                .url(url)
                .header(KEY_HEADER, KEY)
                .post(body)
                .build()
        return client.newCall(request)
    }
}

internal fun okHttpClient(server: Server): OkHttpClient {
    val dispatcher = Dispatcher()
    dispatcher.maxRequests = CAPACITY
    dispatcher.maxRequestsPerHost = CAPACITY
    val builder =
        OkHttpClient
            .Builder()
            .dispatcher(dispatcher)
            .connectionPool(ConnectionPool(CAPACITY, 5, TimeUnit.MINUTES))
            .callTimeout(LIMIT)
    server.caFile?.let { file ->
        val trust = Trust(file)
        builder.sslSocketFactory(trust.context.socketFactory, trust.manager)
    }
    return builder.build()
}

internal fun okHttpBlocking(server: Server): BlockingCall {
    val http = OkHttp(server)
    return BlockingCall { http.newCall().execute().use(::id) }
}

internal fun okHttpSuspend(server: Server): SuspendCall {
    val http = OkHttp(server)
    return SuspendCall { http.newCall().await().use(::id) }
}

internal fun okHttpFuture(server: Server): FutureCall {
    val http = OkHttp(server)
    return FutureCall {
        val future = CompletableFuture<String>()
        http.newCall().enqueue(
            object : Callback {
                override fun onResponse(call: Call, response: Response) {
                    response.runCatching { use(::id) }.fold(future::complete, future::completeExceptionally)
                }

                override fun onFailure(call: Call, e: IOException) {
                    future.completeExceptionally(e)
                }
            },
        )
        future
    }
}

private fun id(response: Response): String = PeerJson.id(response.body.string())

/** Does the same as OkHttp's `executeAsync`, which is in a separate package. */
private suspend fun Call.await(): Response = suspendCancellableCoroutine { continuation ->
    continuation.invokeOnCancellation { cancel() }
    enqueue(
        object : Callback {
            override fun onResponse(call: Call, response: Response) =
                continuation.resume(response) { _, unused, _ -> unused.close() }

            override fun onFailure(call: Call, e: IOException) = continuation.resumeWithException(e)
        },
    )
}
