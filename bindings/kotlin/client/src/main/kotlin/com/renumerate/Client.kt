package com.renumerate

import com.renumerate.internal.BackgroundCalls
import com.renumerate.internal.Request
import com.renumerate.internal.inMilliseconds
import kotlinx.coroutines.CancellationException
import java.nio.file.Path
import kotlin.time.Duration

/**
 * Mints sessions, for coroutines. Make one for the process and share it: it keeps its connections, and threads and
 * coroutines may use it at once. [BlockingClient] and [AsyncClient] are the same for threads and for futures.
 *
 * ```kotlin
 * val client = Client(timeout = 10.seconds) // RENUMERATE_PRIVATE_KEY
 * val session = client.createRetentionSession(customerId = "cus_NffrFeUfNV2Hib")
 * ```
 *
 * Making a client opens no connection and starts no thread. The vendor's page on the two calls:
 * [API reference](https://docs.renumerate.com/reference/api).
 *
 * @throws ConfigurationException when it is made: there is no key, or a setting cannot be used; nothing was sent
 */
public class Client(options: ClientOptions) : AutoCloseable {
    private val calls = BackgroundCalls(options)

    /**
     * A client with these settings.
     *
     * @param privateKey the brand's private key; default: the variable `RENUMERATE_PRIVATE_KEY`
     * @param baseUrl where the service is; default: `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`
     * @param timeout the limit of a whole call, with all attempts and waits; default: 25 s
     * @param attemptTimeout the limit of one attempt; default: 10 s
     * @param connectTimeout the limit of name look-up, TCP and TLS; default: 5 s
     * @param maxRetries how often a call that failed is tried again where that may help, 0 to 10; default: 2
     * @param proxy `http://[user:password@]host[:port]`; default: `HTTPS_PROXY` and its like
     * @param caBundle a PEM file of certificates to trust beside the platform's; default: `RENUMERATE_CA_BUNDLE`
     * @param appInfo your application in the user agent, `Shop/1.2`
     * @param widgetsBaseUrl where [Session.url] points; default: the vendor's hosts
     * @param logger who takes the logs; default: nobody
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
        logger: Logger? = null,
    ) : this(
        clientOptions(
            privateKey, baseUrl, timeout, attemptTimeout, connectTimeout, maxRetries, proxy, caBundle, appInfo, widgetsBaseUrl,
            logger,
        ),
    )

    /**
     * Mints a retention session, which opens the cancel flow: `POST /v1/retention/session`. Give [customerId] or
     * [customerEmail], or both. Mint it when the customer clicks, for the customer that your backend has signed in.
     *
     * @param customerId the customer's id with your payment provider, `cus_…`
     * @param customerEmail the customer's e-mail address
     * @param subscriptionId the subscription to cancel, where the customer has several
     * @param timeout the limit of this whole call; default: the client's
     * @param maxRetries how often this call is tried again, 0 to 10; default: the client's
     * @throws ValidationException a parameter is certainly wrong; nothing was sent
     * @throws ApiException the service refuses: see its subclasses
     * @throws NetworkException no answer came
     * @throws RequestTimeoutException no answer came in time
     * @throws UnexpectedResponseException an answer that is not the service's
     * @throws CancellationException the coroutine is cancelled: the request ends, and so does its connection
     */
    public suspend fun createRetentionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        subscriptionId: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): RetentionSession = calls.create(
        Request(
            subscription = false, customerId, customerEmail, subscriptionId, timeout?.inMilliseconds(), maxRetries,
            emptyList(), emptyList(), listens = false,
        ),
        ::RetentionSession,
    )

    /** The same with what a builder has put together. */
    public suspend fun createRetentionSession(request: RetentionSessionRequest): RetentionSession =
        calls.create(request.request, ::RetentionSession)

    /**
     * Mints a subscription session, which opens the SubscriptionHub: `POST /v1/subscription/session`. It shows all
     * subscriptions of the customer. All else is as with [createRetentionSession].
     *
     * @param customerId the customer's id with your payment provider, `cus_…`
     * @param customerEmail the customer's e-mail address
     * @param timeout the limit of this whole call; default: the client's
     * @param maxRetries how often this call is tried again, 0 to 10; default: the client's
     * @throws RenumerateException as [createRetentionSession]
     */
    public suspend fun createSubscriptionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): SubscriptionSession = calls.create(
        Request(
            subscription = true, customerId, customerEmail, null, timeout?.inMilliseconds(), maxRetries, emptyList(),
            emptyList(), listens = false,
        ),
        ::SubscriptionSession,
    )

    /** The same with what a builder has put together. */
    public suspend fun createSubscriptionSession(request: SubscriptionSessionRequest): SubscriptionSession =
        calls.create(request.request, ::SubscriptionSession)

    /** Lets the connections go, once calls that are under way have ended. A client that is closed makes no more calls. */
    override fun close(): Unit = calls.close()

    override fun toString(): String = "Client(${calls.state()})"
}
