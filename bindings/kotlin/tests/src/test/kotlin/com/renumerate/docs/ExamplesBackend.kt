package com.renumerate.docs

import com.renumerate.testing.Sandbox
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.Base64
import java.util.concurrent.CompletableFuture
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** An example that is a web server, once it listens, and what its customers can do with it. */
class ExamplesBackend(folder: String, sandbox: Sandbox) : AutoCloseable {
    private val environment = sandbox.environment() + mapOf("SESSION_SECRET" to SECRET, "PORT" to "0")
    private val program = Program.ofExample(folder, "cancel-session.jar", environment = environment)
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
    private val uri = URI("http://127.0.0.1:${program.port()}/api/cancel-session")

    /** Clicks "cancel". The body asks for somebody else's session. */
    fun cancel(cookies: String): CompletableFuture<HttpResponse<String>> {
        val body = HttpRequest.BodyPublishers.ofString("""{"customerId":"cus_of_somebody_else"}""")
        val request = HttpRequest.newBuilder(uri).headers("content-type", "application/json", "cookie", cookies).POST(body)
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
    }

    fun stop(): Ended = program.stop()

    override fun close() = program.close()

    companion object {
        const val SECRET = "signs the cookies of the tests"

        /** The cookie of a customer who has signed in. */
        fun cookie(customerId: String): String {
            val mac = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(SECRET.toByteArray(), "HmacSHA256")) }
            val signature = Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(customerId.toByteArray()))
            return "customer=$customerId.$signature"
        }
    }
}
