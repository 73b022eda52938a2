package com.renumerate

import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException

/** `AsyncClient`, by name. */
object FutureFace : Face {
    override fun open(options: Map<String, Any?>): Face.Opened {
        val builder = ClientOptions.builder()
        options.forEach(builder::option)
        return Opened(AsyncClient(builder.build()))
    }

    private class Opened(private val client: AsyncClient) : Face.Opened {
        override fun retention(parameters: Map<String, Any?>, options: Map<String, Any?>): Session = end(
            client.createRetentionSession { request ->
                parameters.forEach(request::parameter)
                options.forEach(request::option)
            },
        )

        override fun subscription(parameters: Map<String, Any?>, options: Map<String, Any?>): Session = end(
            client.createSubscriptionSession { request ->
                parameters.forEach(request::parameter)
                options.forEach(request::option)
            },
        )

        private fun end(future: CompletableFuture<out Session>): Session = try {
            future.get()
        } catch (error: ExecutionException) {
            throw error.cause ?: error
        }

        override fun close() = client.close()

        override fun toString() = client.toString()
    }
}
