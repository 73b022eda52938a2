// Creates a retention session and prints its id.
//
// RENUMERATE_PRIVATE_KEY=… java -jar target/quickstart.jar [CUSTOMER_ID]

package com.example

import com.renumerate.Client
import com.renumerate.NotFoundException
import com.renumerate.RenumerateException
import kotlin.system.exitProcess

suspend fun main(args: Array<String>) {
    val customerId = args.firstOrNull() ?: "cus_NffrFeUfNV2Hib"
    try {
        Client().use { renumerate ->
            val session = renumerate.createRetentionSession(customerId)
            println(session.id) // ret_…, only for the page of this customer: do not log it
        }
    } catch (error: RenumerateException) {
        val missing = error is NotFoundException
        System.err.println(if (missing) "there is no customer $customerId" else "${error.code}: ${error.message}")
        exitProcess(1)
    }
}
