// Ktor backend: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it.
//
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… java -jar target/cancel-session.jar

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
        post("/api/cancel-session") {
            // Never read the id from the body, which the client controls.
            val customerId = signedInCustomer(call.request.cookies["customer"])
            if (customerId == null) {
                call.respond(HttpStatusCode.Unauthorized, mapOf("error" to "sign in first"))
            } else {
                val session = renumerate.createRetentionSession(customerId)
                call.response.cacheControl(CacheControl.NoStore(null))
                call.respond(session)
            }
        }
    }
}

/** Logs the error, and responds to the page with its code only. */
private suspend fun ApplicationCall.respondTo(error: RenumerateException) {
    // The message contains neither the key nor a session id.
    application.log.error("could not create a session: ${error.code}: ${error.message}")
    val status =
        when {
            error is NotFoundException -> HttpStatusCode.NotFound
            error.retryable -> HttpStatusCode.ServiceUnavailable
            else -> HttpStatusCode.BadGateway
        }
    if (error.retryable) response.header(HttpHeaders.RetryAfter, error.retryAfter?.plusMillis(999)?.toSeconds() ?: 5)
    respond(status, mapOf("error" to error.code))
}
