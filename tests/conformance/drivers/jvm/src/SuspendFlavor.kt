package com.renumerate.conformance

import com.renumerate.Client
import com.renumerate.RetentionSessionRequest
import com.renumerate.Session
import com.renumerate.SubscriptionSessionRequest
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.nio.file.Path
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** `Client`, with named arguments if their types allow the values, otherwise by name. */
object SuspendFlavor : ClientFlavor {
    /** Parent of all calls. */
    private val parent = SupervisorJob()
    private val scope = CoroutineScope(parent + Dispatchers.Default)

    override fun open(options: Map<String, Any?>, log: Boolean): ClientFlavor.OpenClient =
        Opened(if (isTyped(options)) withNamedArguments(options, log) else Client(optionsByName(options, log)))

    override fun tasks(): Int = parent.children.count()

    private class Opened(private val client: Client) : ClientFlavor.OpenClient {
        override fun client() = client

        override fun call(subscription: Boolean, parameters: Map<String, Any?>, options: Map<String, Any?>): Session =
            runBlocking(Dispatchers.Default) {
                if (subscription) subscription(parameters, options) else retention(parameters, options)
            }

        private suspend fun retention(parameters: Map<String, Any?>, options: Map<String, Any?>): Session {
            if (isTyped(parameters + options)) {
                return client.createRetentionSession(
                    parameters.text("customerId"),
                    parameters.text("customerEmail"),
                    parameters.text("subscriptionId"),
                    options.time("timeout"),
                    options.count("maxRetries"),
                )
            }
            val request = RetentionSessionRequest.builder()
            parameters.forEach(request::parameter)
            options.forEach(request::option)
            return client.createRetentionSession(request.build())
        }

        private suspend fun subscription(parameters: Map<String, Any?>, options: Map<String, Any?>): Session {
            if (isTyped(parameters + options) && "subscriptionId" !in parameters) {
                return client.createSubscriptionSession(
                    parameters.text("customerId"),
                    parameters.text("customerEmail"),
                    options.time("timeout"),
                    options.count("maxRetries"),
                )
            }
            val request = SubscriptionSessionRequest.builder()
            parameters.forEach(request::parameter)
            options.forEach(request::option)
            return client.createSubscriptionSession(request.build())
        }

        override fun token(customerId: String) = client.createHandshakeToken(customerId)

        override fun calls(count: Int, concurrency: Int, tally: Tally) = runConcurrently(count, concurrency) { number ->
            try {
                tally.session(create(number))
            } catch (error: Throwable) {
                tally.error(error)
            }
        }

        override fun cancel(count: Int, concurrency: Int, times: RandomTimes, tally: Tally) =
            runConcurrently(count, concurrency) { number ->
                val call = scope.async { create(number) }
                val cancelling = times.schedule { call.cancel() }
                try {
                    tally.session(call.await())
                } catch (_: CancellationException) {
                    tally.cancelled()
                } catch (error: Throwable) {
                    tally.error(error)
                } finally {
                    cancelling.cancel(false)
                }
            }

        private suspend fun create(number: Int) = client.createRetentionSession(customerId = "cus_$number")

        override fun close() = client.close()
    }

    private fun runConcurrently(count: Int, concurrency: Int, work: suspend (Int) -> Unit) = runBlocking {
        val numbers = AtomicInteger()
        val workers =
            List(concurrency) {
                scope.launch {
                    for (number in generateSequence(numbers::getAndIncrement).takeWhile { it < count }) work(number)
                }
            }
        workers.joinAll()
    }

    private fun withNamedArguments(options: Map<String, Any?>, log: Boolean) = Client(
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
        logger = if (log) { line -> System.err.println("${line.level} ${line.message}") } else null,
        maxConnections = options.count("maxConnections"),
        publicKey = options.text("publicKey"),
    )

    private val TEXTS =
        setOf(
            "privateKey", "baseUrl", "proxy", "caBundle", "appInfo", "widgetsBaseUrl", "customerId", "customerEmail",
            "subscriptionId", "publicKey",
        )
    private val TIMES = setOf("timeout", "attemptTimeout", "connectTimeout")

    /** Whether named arguments accept these values. */
    private fun isTyped(values: Map<String, Any?>) = values.all { (name, value) ->
        when (name) {
            in TEXTS -> value is String?
            in TIMES -> value is Number
            "maxRetries", "maxConnections" -> value is Number && value.toDouble() == value.toInt().toDouble()
            else -> false
        }
    }

    private fun Map<String, Any?>.text(name: String) = get(name) as String?

    private fun Map<String, Any?>.time(name: String): Duration? = (get(name) as Number?)?.toDouble()?.milliseconds

    private fun Map<String, Any?>.count(name: String): Int? = (get(name) as Number?)?.toInt()
}
