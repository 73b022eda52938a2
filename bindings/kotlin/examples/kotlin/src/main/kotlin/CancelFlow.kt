package com.example

import com.renumerate.Client
import com.renumerate.NotFoundException

/** What a backend of yours may make of the client; its tests run it against a sandbox. */
class CancelFlow(private val renumerate: Client) {
    /** What the page of this customer needs; nothing for a customer who has never paid. */
    suspend fun sessionFor(customerId: String): String? = try {
        renumerate.createRetentionSession(customerId).id
    } catch (_: NotFoundException) {
        null
    }
}
