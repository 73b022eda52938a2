package com.renumerate.bench

import io.ktor.client.HttpClient
import io.ktor.client.HttpClientConfig
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.okhttp.OkHttp
import io.ktor.client.plugins.HttpTimeout
import io.ktor.client.request.header
import io.ktor.client.request.post
import io.ktor.client.request.setBody
import io.ktor.client.statement.bodyAsText
import io.ktor.http.ContentType
import io.ktor.http.contentType

/** This engine opens a connection for each POST, and closes it: there is no setting for that. */
internal fun ktorOnCio(target: Target): SuspendCall {
    val client =
        HttpClient(CIO) {
            limit()
            engine { target.authority?.let { https.trustManager = Trust(it).manager } }
        }
    return ktor(client, target)
}

/** Over the same client that OkHttp is measured with. */
internal fun ktorOnOkHttp(target: Target): SuspendCall {
    val client =
        HttpClient(OkHttp) {
            limit()
            engine { preconfigured = okHttpClient(target) }
        }
    return ktor(client, target)
}

private fun HttpClientConfig<*>.limit() = install(HttpTimeout) { requestTimeoutMillis = LIMIT.toMillis() }

private fun ktor(client: HttpClient, target: Target): SuspendCall {
    val url = target.url + PATH
    return SuspendCall {
        val answer =
            client.post(url) {
                header(KEY_HEADER, KEY)
                contentType(ContentType.Application.Json)
                setBody(PeerJson.body())
            }
        PeerJson.id(answer.bodyAsText())
    }
}
