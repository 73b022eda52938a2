package com.renumerate

import com.renumerate.internal.BackgroundCalls
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

/**
 * Client that creates Renumerate sessions and returns futures.
 *
 * Create one client per process and share it: it is thread-safe and reuses its connections. It has the same options,
 * timeouts and retries as [Client].
 *
 * ```java
 * AsyncClient client = new AsyncClient(); // RENUMERATE_PRIVATE_KEY
 * client.createRetentionSession(request -> request.customerId("cus_NffrFeUfNV2Hib"))
 *     .thenAccept(session -> show(session.getId()));
 * ```
 *
 * A future fails with the exceptions that [Client] throws. Futures complete on background threads of this library. The
 * code of dependent stages, such as `thenAccept`, may block these threads: up to 1,000 stages can block at the same
 * time.
 *
 * Cancelling a future aborts its call and closes the connection of the call. A timeout set with `orTimeout` does the
 * same. Cancelling a dependent stage does not abort the call, because it does not cancel the future of the call.
 *
 * @throws ConfigurationException from the constructor, if the private key is missing or a setting is invalid
 */
public class AsyncClient(options: ClientOptions) : AutoCloseable {
    private val calls = BackgroundCalls(options)

    /** Creates a client with the private key from the environment variable `RENUMERATE_PRIVATE_KEY`. */
    public constructor() : this(ClientOptions.builder().build())

    /** Creates a client with this private key and default settings. */
    public constructor(privateKey: String) : this(ClientOptions.builder().privateKey(privateKey).build())

    /**
     * Creates a retention session, which opens the cancel flow. [Client.createRetentionSession] documents the details.
     */
    public fun createRetentionSession(request: RetentionSessionRequest): CompletableFuture<RetentionSession> =
        calls.future(request.request, ::RetentionSession)

    /**
     * Creates a retention session. The lambda sets the parameters on a builder:
     * `client.createRetentionSession(request -> request.customerId("cus_1"))`.
     */
    public fun createRetentionSession(request: Consumer<RetentionSessionRequest.Builder>): CompletableFuture<RetentionSession> =
        createRetentionSession(RetentionSessionRequest.builder().also(request::accept).build())

    /**
     * Creates a subscription session, which opens the SubscriptionHub. [Client.createSubscriptionSession] documents the
     * details.
     */
    public fun createSubscriptionSession(request: SubscriptionSessionRequest): CompletableFuture<SubscriptionSession> =
        calls.future(request.request, ::SubscriptionSession)

    /**
     * Creates a subscription session. The lambda sets the parameters on a builder:
     * `client.createSubscriptionSession(request -> request.customerId("cus_1"))`.
     */
    public fun createSubscriptionSession(
        request: Consumer<SubscriptionSessionRequest.Builder>,
    ): CompletableFuture<SubscriptionSession> =
        createSubscriptionSession(SubscriptionSessionRequest.builder().also(request::accept).build())

    /**
     * Creates a handshake token, which the browser exchanges for a session of the customer. Signs the token on the
     * calling thread, without network I/O. [Client.createHandshakeToken] documents the details.
     *
     * @throws ValidationException the id is invalid or `null`
     */
    public fun createHandshakeToken(customerId: String?): HandshakeToken = calls.createToken(customerId)

    /**
     * Closes the client. Calls in progress still complete, then their connections are closed. Later calls fail with a
     * [ClosedException].
     */
    override fun close(): Unit = calls.close()

    override fun toString(): String = "AsyncClient(${calls.describe()})"
}
