package com.renumerate

import com.renumerate.internal.BackgroundCalls
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

/**
 * Mints sessions, and answers with futures. Make one for the process and share it: it keeps its connections, and threads
 * may use it at once.
 *
 * ```java
 * AsyncClient client = new AsyncClient(); // RENUMERATE_PRIVATE_KEY
 * client.createRetentionSession(request -> request.customerId("cus_NffrFeUfNV2Hib")).thenAccept(session -> show(session.getId()));
 * ```
 *
 * A future fails with the exceptions of [Client], and is completed on threads of this library's own: what depends on it may
 * block, up to a thousand at once. Cancelled, or timed out by `orTimeout`, it ends its call, and the connection of that; stages that depend on it do
 * not, as with any other. Options, limits and retries are those of [Client] too.
 *
 * @throws ConfigurationException when it is made: there is no key, or a setting cannot be used; nothing was sent
 */
public class AsyncClient(options: ClientOptions) : AutoCloseable {
    private val calls = BackgroundCalls(options)

    /** A client with the key of the variable `RENUMERATE_PRIVATE_KEY`. */
    public constructor() : this(ClientOptions.builder().build())

    /** A client with this key. */
    public constructor(privateKey: String) : this(ClientOptions.builder().privateKey(privateKey).build())

    /** Mints a retention session, which opens the cancel flow: see [Client.createRetentionSession]. */
    public fun createRetentionSession(request: RetentionSessionRequest): CompletableFuture<RetentionSession> =
        calls.future(request.request, ::RetentionSession)

    /** The same with a builder: `client.createRetentionSession(request -> request.customerId("cus_1"))`. */
    public fun createRetentionSession(request: Consumer<RetentionSessionRequest.Builder>): CompletableFuture<RetentionSession> =
        createRetentionSession(RetentionSessionRequest.builder().also(request::accept).build())

    /** Mints a subscription session, which opens the SubscriptionHub: see [Client.createSubscriptionSession]. */
    public fun createSubscriptionSession(request: SubscriptionSessionRequest): CompletableFuture<SubscriptionSession> =
        calls.future(request.request, ::SubscriptionSession)

    /** The same with a builder: `client.createSubscriptionSession(request -> request.customerId("cus_1"))`. */
    public fun createSubscriptionSession(
        request: Consumer<SubscriptionSessionRequest.Builder>,
    ): CompletableFuture<SubscriptionSession> =
        createSubscriptionSession(SubscriptionSessionRequest.builder().also(request::accept).build())

    /** Lets the connections go, once calls that are under way have ended. A client that is closed makes no more calls. */
    override fun close(): Unit = calls.close()

    override fun toString(): String = "AsyncClient(${calls.state()})"
}
