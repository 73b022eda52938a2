package com.renumerate

import com.renumerate.internal.BackgroundCalls
import com.renumerate.internal.CallingThreadCalls
import com.renumerate.internal.Request
import com.renumerate.internal.RetryBudget
import com.renumerate.internal.SessionFactory
import com.renumerate.internal.VirtualThreads
import com.renumerate.internal.inMilliseconds
import java.nio.file.Path
import java.util.function.Consumer
import kotlin.time.Duration

/**
 * Mints sessions, and blocks its caller meanwhile. Make one for the process and share it: it keeps its connections, and
 * threads may use it at once.
 *
 * ```java
 * BlockingClient client = new BlockingClient(); // RENUMERATE_PRIVATE_KEY
 * RetentionSession session = client.createRetentionSession(request -> request.customerId("cus_NffrFeUfNV2Hib"));
 * ```
 *
 * A call is driven on the thread that makes it; a virtual thread is parked instead, and lets its carrier go. Interrupting
 * a thread ends its call, and the connection of that. Options, limits, retries and exceptions are those of [Client].
 *
 * @throws ConfigurationException when it is made: there is no key, or a setting cannot be used; nothing was sent
 */
public class BlockingClient(options: ClientOptions) : AutoCloseable {
    private val calls: CallingThreadCalls
    private val virtualThreadCalls: BackgroundCalls?

    init {
        val budget = if (VirtualThreads.isSupported) options.createClient { _, _, _ -> RetryBudget() } else null
        calls = CallingThreadCalls(options, budget)
        virtualThreadCalls = budget?.let { BackgroundCalls(options, it) }
    }

    /** A client with the key of the variable `RENUMERATE_PRIVATE_KEY`. */
    public constructor() : this(ClientOptions.builder().build())

    /** A client with this key. */
    public constructor(privateKey: String) : this(ClientOptions.builder().privateKey(privateKey).build())

    /** A client with these settings, which are those of [Client]; for Java [ClientOptions.builder] puts them together. */
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
     * Mints a retention session, which opens the cancel flow: see [Client.createRetentionSession].
     *
     * @throws RenumerateException as there
     * @throws InterruptedException the thread was interrupted: the request ends, and so does its connection
     */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        subscriptionId: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): RetentionSession = create(
        Request(
            subscription = false, customerId, customerEmail, subscriptionId, timeout?.inMilliseconds(), maxRetries,
            emptyList(), emptyList(), listens = false,
        ),
        ::RetentionSession,
    )

    /** The same with what a builder has put together. */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(request: RetentionSessionRequest): RetentionSession =
        create(request.request, ::RetentionSession)

    /** The same with a builder: `client.createRetentionSession(request -> request.customerId("cus_1"))`. */
    @Throws(InterruptedException::class)
    public fun createRetentionSession(request: Consumer<RetentionSessionRequest.Builder>): RetentionSession =
        createRetentionSession(RetentionSessionRequest.builder().also(request::accept).build())

    /**
     * Mints a subscription session, which opens the SubscriptionHub: see [Client.createSubscriptionSession].
     *
     * @throws RenumerateException as there
     * @throws InterruptedException the thread was interrupted: the request ends, and so does its connection
     */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(
        customerId: String? = null,
        customerEmail: String? = null,
        timeout: Duration? = null,
        maxRetries: Int? = null,
    ): SubscriptionSession = create(
        Request(
            subscription = true, customerId, customerEmail, null, timeout?.inMilliseconds(), maxRetries, emptyList(),
            emptyList(), listens = false,
        ),
        ::SubscriptionSession,
    )

    /** The same with what a builder has put together. */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(request: SubscriptionSessionRequest): SubscriptionSession =
        create(request.request, ::SubscriptionSession)

    /** The same with a builder: `client.createSubscriptionSession(request -> request.customerId("cus_1"))`. */
    @Throws(InterruptedException::class)
    public fun createSubscriptionSession(request: Consumer<SubscriptionSessionRequest.Builder>): SubscriptionSession =
        createSubscriptionSession(SubscriptionSessionRequest.builder().also(request::accept).build())

    private fun <S : Session> create(request: Request, factory: SessionFactory<S>): S =
        if (virtualThreadCalls != null && VirtualThreads.isCurrentThread()) {
            virtualThreadCalls.await(request, factory)
        } else {
            calls.create(request, factory)
        }

    /** Lets the connections go, once calls that are under way have ended. A client that is closed makes no more calls. */
    override fun close() {
        calls.close()
        virtualThreadCalls?.close()
    }

    override fun toString(): String = "BlockingClient(${calls.state()})"
}
