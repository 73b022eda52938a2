package com.renumerate

import kotlinx.serialization.Serializable

/**
 * What a call answers. Printed it masks its id; as JSON, by Jackson or kotlinx.serialization, it is `id`, `url` and
 * `requestId`, which is what a page needs.
 */
public sealed class Session(
    /**
     * The id in plain text, for the vendor's browser library. Whoever holds it can open the customer's flow: hand it to
     * that customer's page, and neither cache nor log it.
     */
    public val id: String,
    /**
     * What the vendor's browser library loads in its iframe for this id. A web view can load it too, though the vendor
     * does not document it as a page of its own. It holds the id, so it is as secret as the id is.
     */
    public val url: String,
    /** The service's own id of the request, where it sent one: quote it to their support. */
    public val requestId: String?,
    /** What each attempt of the call met and how long it took; the last one succeeded. In Java `attempts()`. */
    @get:JvmName("attempts")
    public val attempts: List<Attempt>,
) {
    final override fun equals(other: Any?): Boolean =
        other is Session && javaClass == other.javaClass && id == other.id && url == other.url && requestId == other.requestId

    final override fun hashCode(): Int = id.hashCode()

    final override fun toString(): String {
        val prefix = Regex("^(ret|sub)_").find(id)?.value.orEmpty()
        val widget = if ('?' in url) ", url=${url.substringBefore('?')}?session_id=…" else ""
        val request = requestId?.let { ", requestId=$it" }.orEmpty()
        return "${javaClass.simpleName}(id=$prefix…$widget$request)"
    }
}

/**
 * A session that opens the cancel flow: `showRetentionView(id)`, `mountCancelButton(el, id)`.
 *
 * Its constructor is for tests of your own: only the service mints sessions that open something.
 */
@Serializable(with = RetentionSessionSerializer::class)
public class RetentionSession @JvmOverloads constructor(
    id: String,
    url: String = "",
    requestId: String? = null,
    attempts: List<Attempt> = emptyList(),
) : Session(id, url, requestId, attempts)

/**
 * A session that opens the SubscriptionHub: `mountSubscriptionHub(el, id)`.
 *
 * Its constructor is for tests of your own: only the service mints sessions that open something.
 */
@Serializable(with = SubscriptionSessionSerializer::class)
public class SubscriptionSession @JvmOverloads constructor(
    id: String,
    url: String = "",
    requestId: String? = null,
    attempts: List<Attempt> = emptyList(),
) : Session(id, url, requestId, attempts)
