package com.renumerate.bench

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.ClientOptions
import com.renumerate.RetentionSession

internal fun renumerateSuspend(server: Server): SuspendCall {
    val client = Client(privateKey = KEY, baseUrl = server.url, caBundle = server.caFile)
    return SuspendCall { client.createRetentionSession(customerId = CUSTOMER).id }
}

internal fun renumerateBlocking(server: Server): BlockingCall {
    val client = BlockingClient(privateKey = KEY, baseUrl = server.url, caBundle = server.caFile)
    return BlockingCall { client.createRetentionSession(customerId = CUSTOMER).id }
}

internal fun renumerateFuture(server: Server): FutureCall {
    val options =
        ClientOptions
            .builder()
            .privateKey(KEY)
            .baseUrl(server.url)
            .caBundle(server.caFile)
            .build()
    val client = AsyncClient(options)
    return FutureCall { client.createRetentionSession { it.customerId(CUSTOMER) }.thenApply(RetentionSession::id) }
}
