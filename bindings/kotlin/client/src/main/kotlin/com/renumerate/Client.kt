package com.renumerate

import com.renumerate.internal.BackgroundCalls
import com.renumerate.internal.EndpointKind
import com.renumerate.internal.inMilliseconds
import com.renumerate.internal.sessionRequest
import kotlinx.coroutines.CancellationException
import java.nio.file.Path
import kotlin.time.Duration

/**
 * Client that creates Renumerate sessions with suspend functions. [BlockingClient] blocks the calling thread instead,
 * and [AsyncClient] returns futures.
 *
 * Create one client per process and share it: it is thread-safe and reuses its connections. Creating a client opens no
 * connection and starts no thread.
 *
 * ```kotlin
 * val client = Client(timeout = 10.seconds) // RENUMERATE_PRIVATE_KEY
 * val session = client.createRetentionSession(customerId = "cus_NffrFeUfNV2Hib")
 * ```
 *
 * Renumerate documents the HTTP endpoints in its [API reference](https://docs.renumerate.com/reference/api).
 *
 * @throws ConfigurationException from the constructor, if the private key is missing or a setting is invalid
 */
public class Client(options: ClientOptions) : AutoCloseable {
    private val calls = BackgroundCalls(options)

    /**
     * Creates a client with these settings. [ClientOptions.Builder] documents them in detail.
     *
     * @param privateKey private key of the brand; default: the environment variable `RENUMERATE_PRIVATE_KEY`
     * @param baseUrl base URL of the service; default: `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`
     * @param timeout timeout of a whole call, including all attempts and waits, at most 24 h; default: 25 s
     * @param attemptTimeout timeout of one attempt, at most 24 h; default: 10 s
     * @param connectTimeout timeout of DNS lookup, TCP connect and TLS handshake, at most 24 h; default: 5 s
     * @param maxRetries maximum number of retries after a retryable failure, 0 to 10; default: 2
     * @param proxy proxy URL, `http://[user:password@]host[:port]`; default: `HTTPS_PROXY` and similar variables
     * @param caBundle PEM file with additional trusted certificates; default: `RENUMERATE_CA_BUNDLE`
     * @param appInfo application name and version for the user agent, `Shop/1.2`; default: none
     * @param widgetsBaseUrl start of every [Session.url], which points to a widget; default: Renumerate's host for that
     *   widget
     * @param maxConnections maximum number of open connections, 1 to 10,000; default: 100. If that many calls are
     *   running, further calls wait in order; [timeout] limits the wait.
     * @param publicKey public key of the brand, `pk_…`, which only handshake tokens need; default: `RENUMERATE_PUBLIC_KEY`
     * @param logger receiver of the log lines; default: none
     */
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
     * Creates a retention session, which opens the cancel flow. The endpoint is `POST /v1/retention/session`.
     *
     * Pass [customerId] or [customerEmail], or both. Create the session when the customer asks to cancel, and only for
     * the customer that your backend has authenticated.
     *
     * @param customerId id of the customer at your payment provider, `cus_…`
     * @param customerEmail e-mail address of the customer
     * @param subscriptionId id of the subscription to cancel, for a customer with several subscriptions
     * @param timeout timeout of this whole call, at most 24 h; default: the client's timeout
     * @param maxRetries maximum number of retries of this call, 0 to 10; default: the client's maximum
     * @return the session
     * @throws ConfigurationException an option of the call is out of range; nothing was sent
     * @throws ValidationException a parameter is invalid; nothing was sent
     * @throws ApiException the service returned an error status; see the subclasses
     * @throws NetworkException the network failed before a complete response was received
     * @throws RequestTimeoutException a timeout expired before a complete response was received
     * @throws UnexpectedResponseException the response is not a valid response of the service, such as a redirect
     * @throws ClosedException the client is closed; nothing was sent
     * @throws InternalException this library has a bug
     * @throws CancellationException the coroutine was cancelled; the request is aborted and its connection closed
     */
    public suspend fun createRetentionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        subscriptionId: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): RetentionSession = calls.create(
        sessionRequest(EndpointKind.RETENTION, customerId, customerEmail, subscriptionId, timeout?.inMilliseconds(), maxRetries),
        ::RetentionSession,
    )

    /** Creates a retention session from a request that [RetentionSessionRequest.Builder] has built. */
    public suspend fun createRetentionSession(request: RetentionSessionRequest): RetentionSession =
        calls.create(request.request, ::RetentionSession)

    /**
     * Creates a subscription session, which opens the SubscriptionHub. This widget shows all subscriptions of the
     * customer. The endpoint is `POST /v1/subscription/session`.
     *
     * Pass [customerId] or [customerEmail], or both.
     *
     * @param customerId id of the customer at your payment provider, `cus_…`
     * @param customerEmail e-mail address of the customer
     * @param timeout timeout of this whole call, at most 24 h; default: the client's timeout
     * @param maxRetries maximum number of retries of this call, 0 to 10; default: the client's maximum
     * @return the session
     * @throws RenumerateException the call failed, as described for [createRetentionSession]
     * @throws CancellationException the coroutine was cancelled; the request is aborted and its connection closed
     */
    public suspend fun createSubscriptionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): SubscriptionSession = calls.create(
        sessionRequest(EndpointKind.SUBSCRIPTION, customerId, customerEmail, null, timeout?.inMilliseconds(), maxRetries),
        ::SubscriptionSession,
    )

    /** Creates a subscription session from a request that [SubscriptionSessionRequest.Builder] has built. */
    public suspend fun createSubscriptionSession(request: SubscriptionSessionRequest): SubscriptionSession =
        calls.create(request.request, ::SubscriptionSession)

    /**
     * Creates a handshake token, which the browser exchanges for a session of the customer. Signs the token on the
     * calling thread, without network I/O. The setting `publicKey` must be set.
     *
     * Serve the token at `GET /api/renumerate-token`, to the customer that your backend has authenticated. The vendor's
     * [installation guide](https://renumerate.com/docs/installation) describes the page.
     *
     * @param customerId Stripe id of the customer, `cus_…`; the vendor's samples call it `subscriberId`
     * @return the token, which is valid for 5 minutes
     * @throws ValidationException the id is invalid
     * @throws NullPointerException a Java caller passes `null`; [BlockingClient] and [AsyncClient] reject it instead
     * @throws ConfigurationException the public key is missing, or a key is unsuitable, such as swapped keys
     * @throws ClosedException the client is closed
     * @throws InternalException this library has a bug
     */
    public fun createHandshakeToken(customerId: String): HandshakeToken = calls.createToken(customerId)

    /**
     * Closes the client. Calls in progress still complete, then their connections are closed. Later calls throw a
     * [ClosedException].
     */
    override fun close(): Unit = calls.close()

    override fun toString(): String = "Client(${calls.describe()})"
}
