package com.example

import com.renumerate.Client
import com.renumerate.NotFoundException

/** Part of a backend that uses the client. Its tests run against a sandbox. */
class CancelFlow(private val renumerate: Client) {
    /** Returns the session id for the page of this customer, or `null` if Renumerate does not know the customer. */
    suspend fun sessionFor(customerId: String): String? = try {
        renumerate.createRetentionSession(customerId).id
    } catch (_: NotFoundException) {
        null
    }
}
