package com.renumerate.testing

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.util.concurrent.CompletionException

/**
 * HTTP client of all sandboxes. It uses no proxy, and follows no redirects to other machines. It is not
 * `HttpURLConnection`, which repeats a POST that got no response.
 */
internal object SandboxRequests {
    private val TIMEOUT = Duration.ofSeconds(30)

    private val client =
        HttpClient
            .newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(TIMEOUT)
            .build()

    /** Response of a sandbox. The note is the cause and the remedy of a rejected token. */
    class Response(val status: Int, val text: String, val note: String?)

    /**
     * Sends a request, and returns the response.
     *
     * @throws java.io.IOException there is no response
     */
    fun send(method: String, url: String, body: String?): Response {
        val publisher = body?.let(BodyPublishers::ofString) ?: BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(url)).timeout(TIMEOUT).method(method, publisher)
        if (body != null) request.header("content-type", "application/json")
        val response =
            try {
                client.sendAsync(request.build(), BodyHandlers.ofString()).join() // `send` would react to interrupts
            } catch (error: CompletionException) {
                throw error.cause ?: error
            }
        val note = response.headers().firstValue("x-renumerate-sandbox-note").orElse(null)
        return Response(response.statusCode(), response.body(), note)
    }
}
