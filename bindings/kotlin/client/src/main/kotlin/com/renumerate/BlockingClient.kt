package com.renumerate

import com.renumerate.internal.BackgroundCalls
import com.renumerate.internal.CallingThreadCalls
import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request
import com.renumerate.internal.SessionFactory
import com.renumerate.internal.SharedLimits
import com.renumerate.internal.VirtualThreads
import com.renumerate.internal.inMilliseconds
import com.renumerate.internal.sessionRequest
import java.nio.file.Path
import java.util.function.Consumer
import kotlin.time.Duration

/**
 * Client that creates Renumerate sessions and blocks the calling thread.
 *
 * Create one client per process and share it: it is thread-safe and reuses its connections. It has the same options,
 * timeouts, retries and exceptions as [Client].
 *
 * ```java
 * BlockingClient client = new BlockingClient(); // RENUMERATE_PRIVATE_KEY
 * RetentionSession session = client.createRetentionSession(request -> request.customerId("cus_NffrFeUfNV2Hib"));
 * ```
 *
 * A call runs on the calling thread, and needs 128 KiB of its stack. If the calling thread is a virtual thread, a
 * background thread runs the call instead. The virtual thread is parked until the call ends, so that its carrier thread
 * can run other virtual threads. Interrupting the calling thread aborts the call and closes the connection of the call.
 *
 * @throws ConfigurationException from the constructor, if the private key is missing or a setting is invalid
 */
public class BlockingClient(options: ClientOptions) : AutoCloseable {
    private val calls: CallingThreadCalls
    private val virtualThreadCalls: BackgroundCalls?

    init {
        val limits = if (VirtualThreads.isSupported) options.createClient { _, _, _ -> SharedLimits() } else null
        calls = CallingThreadCalls(options, limits)
        virtualThreadCalls = limits?.let { BackgroundCalls(options, it) }
    }

    /** Creates a client with the private key from the environment variable `RENUMERATE_PRIVATE_KEY`. */
    public constructor() : this(ClientOptions.builder().build())

    /** Creates a client with this private key and default settings. */
    public constructor(privateKey: String) : this(ClientOptions.builder().privateKey(privateKey).build())

    /** Creates a client with these settings. [Client] documents them. In Java, use [ClientOptions.builder] instead. */
    public constructor(
        privateKey: String? = null,
        baseUrl: String? = null,
        timeout: Duration? = null,
        attemptTimeout: Duration? = null,
        connectTimeout: Duration? = null,
        maxRetries: Int? = null,
        proxy: String? = null,
        caBundle: Path? = null,
        appInfo: String? = null,
        widgetsBaseUrl: String? = null,
        maxConnections: Int? = null,
        publicKey: String? = null,
        logger: Logger? = null,
    ) : this(
        clientOptions(
            privateKey, baseUrl, timeout, attemptTimeout, connectTimeout, maxRetries, proxy, caBundle, appInfo, widgetsBaseUrl,
            maxConnections, publicKey, logger,
        ),
    )

    /**
     * Creates a retention session, which opens the cancel flow.
     *
     * [Client.createRetentionSession] documents the parameters and the exceptions.
     *
     * @throws RenumerateException the call failed; see the subclasses
     * @throws InterruptedException the thread was interrupted; the request is aborted and its connection closed
     */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        subscriptionId: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): RetentionSession = create(
        sessionRequest(EndpointKind.RETENTION, customerId, customerEmail, subscriptionId, timeout?.inMilliseconds(), maxRetries),
        ::RetentionSession,
    )

    /** Creates a retention session from a request that [RetentionSessionRequest.Builder] has built. */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(request: RetentionSessionRequest): RetentionSession =
        create(request.request, ::RetentionSession)

    /**
     * Creates a retention session. The lambda sets the parameters on a builder:
     * `client.createRetentionSession(request -> request.customerId("cus_1"))`.
     */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(request: Consumer<RetentionSessionRequest.Builder>): RetentionSession =
        createRetentionSession(RetentionSessionRequest.builder().also(request::accept).build())

    /**
     * Creates a subscription session, which opens the SubscriptionHub.
     *
     * [Client.createSubscriptionSession] documents the parameters and the exceptions.
     *
     * @throws RenumerateException the call failed; see the subclasses
     * @throws InterruptedException the thread was interrupted; the request is aborted and its connection closed
     */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): SubscriptionSession = create(
        sessionRequest(EndpointKind.SUBSCRIPTION, customerId, customerEmail, null, timeout?.inMilliseconds(), maxRetries),
        ::SubscriptionSession,
    )

    /** Creates a subscription session from a request that [SubscriptionSessionRequest.Builder] has built. */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(request: SubscriptionSessionRequest): SubscriptionSession =
        create(request.request, ::SubscriptionSession)

    /**
     * Creates a subscription session. The lambda sets the parameters on a builder:
     * `client.createSubscriptionSession(request -> request.customerId("cus_1"))`.
     */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(request: Consumer<SubscriptionSessionRequest.Builder>): SubscriptionSession =
        createSubscriptionSession(SubscriptionSessionRequest.builder().also(request::accept).build())

    private fun <S : Session> create(request: Request, factory: SessionFactory<S>): S =
        if (virtualThreadCalls != null && VirtualThreads.isCurrentThread()) {
            virtualThreadCalls.await(request, factory)
        } else {
            calls.create(request, factory)
        }

    /**
     * Creates a handshake token, which the browser exchanges for a session of the customer. Signs the token on the
     * calling thread, without network I/O. [Client.createHandshakeToken] documents the details.
     *
     * @throws ValidationException the id is invalid or `null`
     */
    public fun createHandshakeToken(customerId: String?): HandshakeToken = calls.createToken(customerId)

    /**
     * Closes the client. Calls in progress still complete, then their connections are closed. Later calls throw a
     * [ClosedException].
     */
    override fun close() {
        calls.close()
        virtualThreadCalls?.close()
    }

    override fun toString(): String = "BlockingClient(${calls.describe()})"
}
