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

/** Runs an example that is a web server, and sends requests to it. */
class ExamplesBackend(folder: String, sandbox: Sandbox) : AutoCloseable {
    private val environment = sandbox.environment() + mapOf("SESSION_SECRET" to SECRET, "PORT" to "0")
    private val program = Program.ofExample(folder, "cancel-session.jar", environment = environment)
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
    private val uri = URI("http://127.0.0.1:${program.port()}/api/")

    /** Requests a cancel session. The body contains the id of another customer, which the server must ignore. */
    fun cancel(cookies: String): CompletableFuture<HttpResponse<String>> {
        val body = HttpRequest.BodyPublishers.ofString("""{"customerId":"cus_other"}""")
        return send(
            HttpRequest.newBuilder(uri.resolve("cancel-session")).header("content-type", "application/json").POST(body),
            cookies,
        )
    }

    /** Requests a handshake token. The query contains the id of another customer, which the server must ignore. */
    fun token(cookies: String): HttpResponse<String> =
        send(HttpRequest.newBuilder(uri.resolve("renumerate-token?customerId=cus_other")), cookies).join()

    private fun send(request: HttpRequest.Builder, cookies: String): CompletableFuture<HttpResponse<String>> =
        client.sendAsync(request.header("cookie", cookies).build(), HttpResponse.BodyHandlers.ofString())

    fun stop(): ProgramResult = program.stop()

    override fun close() = program.close()

    companion object {
        const val SECRET = "secret of the test cookies"

        /** Returns the cookie of a signed-in customer. */
        fun cookie(customerId: String): String {
            val mac = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(SECRET.toByteArray(), "HmacSHA256")) }
            val signature = Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(customerId.toByteArray()))
            return "customer=$customerId.$signature"
        }
    }
}
