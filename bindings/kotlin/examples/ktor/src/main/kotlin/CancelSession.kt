// Ktor backend: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it. A page
// of the vendor's newer contract requests a handshake token instead.
//
// RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… java -jar target/cancel-session.jar

package com.example

import com.renumerate.Client
import com.renumerate.NotFoundException
import com.renumerate.RenumerateException
import io.ktor.http.CacheControl
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpStatusCode
import io.ktor.serialization.kotlinx.json.json
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.ApplicationStopped
import io.ktor.server.application.install
import io.ktor.server.application.log
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.http.HttpRequestLifecycle
import io.ktor.server.plugins.contentnegotiation.ContentNegotiation
import io.ktor.server.plugins.statuspages.StatusPages
import io.ktor.server.response.cacheControl
import io.ktor.server.response.header
import io.ktor.server.response.respond
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import kotlin.time.Duration.Companion.seconds

fun main() {
    val port = System.getenv("PORT")?.toInt() ?: 8080
    embeddedServer(CIO, port, host = "127.0.0.1") { cancelSession() }.start(wait = true)
}

fun Application.cancelSession() {
    val renumerate = Client(timeout = 10.seconds) // shared by all requests; a customer waits for each call
    monitor.subscribe(ApplicationStopped) { renumerate.close() }

    install(HttpRequestLifecycle) { cancelCallOnClose = true } // ends the call if the customer leaves
    install(ContentNegotiation) { json() }
    install(StatusPages) { exception<RenumerateException> { call, error -> call.respondTo(error) } }
    routing {
        post("/api/cancel-session") { call.respondWith { customerId -> renumerate.createRetentionSession(customerId) } }
        // For pages that pass `getAuthToken` to Renumerate's browser library. They need no session from this backend.
        get("/api/renumerate-token") { call.respondWith { customerId -> renumerate.createHandshakeToken(customerId) } }
    }
}

/** Responds with what [create] returns for the signed-in customer. */
private suspend inline fun <reified T : Any> ApplicationCall.respondWith(create: (String) -> T) {
    // Never read the id from the request, which the client controls.
    val customerId = signedInCustomer(request.cookies["customer"])
    if (customerId == null) {
        respond(HttpStatusCode.Unauthorized, mapOf("error" to "sign in first"))
    } else {
        val created = create(customerId)
        response.cacheControl(CacheControl.NoStore(null))
        respond(created)
    }
}

/** Logs the error, and responds to the page with its code only. */
private suspend fun ApplicationCall.respondTo(error: RenumerateException) {
    // The message contains no key, session id or token.
    application.log.error("could not create a session or token: ${error.code}: ${error.message}")
    val status =
        when {
            error is NotFoundException -> HttpStatusCode.NotFound
            error.retryable -> HttpStatusCode.ServiceUnavailable
            else -> HttpStatusCode.BadGateway
        }
    if (error.retryable) response.header(HttpHeaders.RetryAfter, error.retryAfter?.plusMillis(999)?.toSeconds() ?: 5)
    respond(status, mapOf("error" to error.code))
}
