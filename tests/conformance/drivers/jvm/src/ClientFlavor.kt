package com.renumerate.conformance

import com.renumerate.ClientOptions
import com.renumerate.HandshakeToken
import com.renumerate.Session

/** A client of the SDK, as the driver uses it. Options and parameters have their names in this language. */
interface ClientFlavor {
    /** Creates a client. Numbers are counts, or times in milliseconds. */
    fun open(options: Map<String, Any?>, log: Boolean): OpenClient

    /** Number of coroutines, futures or threads of calls in progress. */
    fun tasks(): Int

    interface OpenClient : AutoCloseable {
        /** The client itself, for its printed forms. */
        fun client(): Any

        fun call(subscription: Boolean, parameters: Map<String, Any?>, options: Map<String, Any?>): Session

        fun token(customerId: String): HandshakeToken

        /** Makes calls for different customers, this many at a time. */
        fun calls(count: Int, concurrency: Int, tally: Tally)

        /** Makes calls like [calls], and cancels each at a random time. */
        fun cancel(count: Int, concurrency: Int, times: RandomTimes, tally: Tally)
    }
}

/** Builds options by name. The logger writes to standard error. */
fun optionsByName(options: Map<String, Any?>, log: Boolean): ClientOptions {
    val builder = ClientOptions.builder()
    if (log) builder.logger { System.err.println("${it.level} ${it.message}") }
    options.forEach(builder::option)
    return builder.build()
}
