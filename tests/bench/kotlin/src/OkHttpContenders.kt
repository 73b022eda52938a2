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

/** As many calls at once, and connections kept, as no load here has: by default it has five of each to a host. */
private const val ROOM = 256

private class OkHttp(target: Target) {
    private val client = okHttpClient(target)
    private val url = target.url + PATH
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

internal fun okHttpClient(target: Target): OkHttpClient {
    val dispatcher = Dispatcher()
    dispatcher.maxRequests = ROOM
    dispatcher.maxRequestsPerHost = ROOM
    val builder =
        OkHttpClient
            .Builder()
            .dispatcher(dispatcher)
            .connectionPool(ConnectionPool(ROOM, 5, TimeUnit.MINUTES))
            .callTimeout(LIMIT)
    target.authority?.let { file ->
        val trust = Trust(file)
        builder.sslSocketFactory(trust.context.socketFactory, trust.manager)
    }
    return builder.build()
}

internal fun okHttpBlocking(target: Target): BlockingCall {
    val http = OkHttp(target)
    return BlockingCall { http.newCall().execute().use(::id) }
}

internal fun okHttpSuspend(target: Target): SuspendCall {
    val http = OkHttp(target)
    return SuspendCall { http.newCall().await().use(::id) }
}

internal fun okHttpFuture(target: Target): FutureCall {
    val http = OkHttp(target)
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

/** What OkHttp's own `executeAsync` does, which is a package of its own. */
private suspend fun Call.await(): Response = suspendCancellableCoroutine { continuation ->
    continuation.invokeOnCancellation { cancel() }
    enqueue(
        object : Callback {
            override fun onResponse(call: Call, response: Response) =
                continuation.resume(response) { _, unheard, _ -> unheard.close() }

            override fun onFailure(call: Call, e: IOException) = continuation.resumeWithException(e)
        },
    )
}
