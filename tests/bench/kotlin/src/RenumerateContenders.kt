package com.renumerate.bench

import com.renumerate.AsyncClient
import com.renumerate.BlockingClient
import com.renumerate.Client
import com.renumerate.ClientOptions
import com.renumerate.RetentionSession

internal fun renumerateSuspend(target: Target): SuspendCall {
    val client = Client(privateKey = KEY, baseUrl = target.url, caBundle = target.authority)
    return SuspendCall { client.createRetentionSession(customerId = CUSTOMER).id }
}

internal fun renumerateBlocking(target: Target): BlockingCall {
    val client = BlockingClient(privateKey = KEY, baseUrl = target.url, caBundle = target.authority)
    return BlockingCall { client.createRetentionSession(customerId = CUSTOMER).id }
}

internal fun renumerateFuture(target: Target): FutureCall {
    val options =
        ClientOptions
            .builder()
            .privateKey(KEY)
            .baseUrl(target.url)
            .caBundle(target.authority)
            .build()
    val client = AsyncClient(options)
    return FutureCall { client.createRetentionSession { it.customerId(CUSTOMER) }.thenApply(RetentionSession::id) }
}
