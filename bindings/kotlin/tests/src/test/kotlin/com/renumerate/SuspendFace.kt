package com.renumerate

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import java.nio.file.Path
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** `Client`, by named arguments where these can say what a case wants, else by name. */
object SuspendFace : Face {
    override fun open(options: Map<String, Any?>): Face.Opened = Opened(if (typed(options)) named(options) else byName(options))

    private class Opened(private val client: Client) : Face.Opened {
        override fun retention(parameters: Map<String, Any?>, options: Map<String, Any?>): Session =
            runBlocking(Dispatchers.Default) {
                if (typed(parameters + options)) {
                    client.createRetentionSession(
                        parameters.text("customerId"),
                        parameters.text("customerEmail"),
                        parameters.text("subscriptionId"),
                        options.time("timeout"),
                        options.count("maxRetries"),
                    )
                } else {
                    val request = RetentionSessionRequest.builder()
                    parameters.forEach(request::parameter)
                    options.forEach(request::option)
                    client.createRetentionSession(request.build())
                }
            }

        override fun subscription(parameters: Map<String, Any?>, options: Map<String, Any?>): Session =
            runBlocking(Dispatchers.Default) {
                if (typed(parameters + options) && "subscriptionId" !in parameters) {
                    client.createSubscriptionSession(
                        parameters.text("customerId"),
                        parameters.text("customerEmail"),
                        options.time("timeout"),
                        options.count("maxRetries"),
                    )
                } else {
                    val request = SubscriptionSessionRequest.builder()
                    parameters.forEach(request::parameter)
                    options.forEach(request::option)
                    client.createSubscriptionSession(request.build())
                }
            }

        override fun close() = client.close()

        override fun toString() = client.toString()
    }

    private fun named(options: Map<String, Any?>) = Client(
        privateKey = options.text("privateKey"),
        baseUrl = options.text("baseUrl"),
        timeout = options.time("timeout"),
        attemptTimeout = options.time("attemptTimeout"),
        connectTimeout = options.time("connectTimeout"),
        maxRetries = options.count("maxRetries"),
        proxy = options.text("proxy"),
        caBundle = options.text("caBundle")?.let(Path::of),
        appInfo = options.text("appInfo"),
        widgetsBaseUrl = options.text("widgetsBaseUrl"),
    )

    private fun byName(options: Map<String, Any?>): Client {
        val builder = ClientOptions.builder()
        options.forEach(builder::option)
        return Client(builder.build())
    }

    private val TEXTS =
        setOf(
            "privateKey", "baseUrl", "proxy", "caBundle", "appInfo", "widgetsBaseUrl", "customerId", "customerEmail",
            "subscriptionId",
        )
    private val TIMES = setOf("timeout", "attemptTimeout", "connectTimeout")

    /** Whether the types of this language can say that. */
    private fun typed(values: Map<String, Any?>) = values.all { (name, value) ->
        when (name) {
            in TEXTS -> value is String?
            in TIMES -> value is Number
            "maxRetries" -> value is Number && value.toDouble() == value.toInt().toDouble()
            else -> false
        }
    }

    private fun Map<String, Any?>.text(name: String) = get(name) as String?

    private fun Map<String, Any?>.time(name: String): Duration? = (get(name) as Number?)?.toDouble()?.milliseconds

    private fun Map<String, Any?>.count(name: String): Int? = (get(name) as Number?)?.toInt()
}
