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

/** This engine opens and closes a connection for each POST. No setting changes this. */
internal fun ktorOnCio(server: Server): SuspendCall {
    val client =
        HttpClient(CIO) {
            limit()
            engine { server.caFile?.let { https.trustManager = Trust(it).manager } }
        }
    return ktor(client, server)
}

/** Uses the same client as the subject OkHttp. */
internal fun ktorOnOkHttp(server: Server): SuspendCall {
    val client =
        HttpClient(OkHttp) {
            limit()
            engine { preconfigured = okHttpClient(server) }
        }
    return ktor(client, server)
}

private fun HttpClientConfig<*>.limit() = install(HttpTimeout) { requestTimeoutMillis = LIMIT.toMillis() }

private fun ktor(client: HttpClient, server: Server): SuspendCall {
    val url = server.url + PATH
    return SuspendCall {
        val response =
            client.post(url) {
                header(KEY_HEADER, KEY)
                contentType(ContentType.Application.Json)
                setBody(PeerJson.body())
            }
        PeerJson.id(response.bodyAsText())
    }
}
