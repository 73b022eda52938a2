package com.renumerate

import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable

/**
 * Session that the service has created. `toString` masks the id. Gson, Jackson, JSON-B, kotlinx.serialization and Moshi
 * can convert a session to JSON for your page, with the members `id`, `url` and, if present, `requestId`.
 */
@OmitsNull
public sealed class Session(
    /**
     * Session id in plain text, for Renumerate's browser library. The id is a bearer credential: whoever has it can
     * open the customer's flow. Pass it only to the page of that customer, and do not cache or log it.
     */
    public val id: String,
    /**
     * URL that Renumerate's browser library loads in its iframe for this id. A web view can load the URL too, although
     * Renumerate does not document it as a standalone page. The URL contains the id, so keep it equally secret.
     */
    public val url: String,
    /** Id that the service gave the request, or `null` if the response had none. Quote it to Renumerate's support. */
    public val requestId: String?,
    /** Attempts of the call, in order; the last one succeeded. They are not part of the JSON. */
    @Transient // for libraries that convert fields to JSON, such as Gson and Moshi
    @get:java.beans.Transient // for libraries that convert getters, such as Jackson
    public val attempts: List<Attempt>,
) {
    final override fun equals(other: Any?): Boolean =
        other is Session && javaClass == other.javaClass && id == other.id && url == other.url && requestId == other.requestId

    final override fun hashCode(): Int = id.hashCode()

    final override fun toString(): String {
        val prefix = Regex("^[a-z]{3}_").find(id)?.value.orEmpty() // not secret: it names the kind of session
        val widget = if ('?' in url) ", url=${url.substringBefore('?')}?session_id=…" else ""
        val request = requestId?.let { ", requestId=$it" }.orEmpty()
        return "${javaClass.simpleName}(id=$prefix…$widget$request)"
    }
}

/**
 * Session that opens the cancel flow in the browser: `showRetentionView(id)`, `mountCancelButton(el, id)`.
 *
 * The constructor is for your tests. Only sessions that the service has created open a widget.
 */
@Serializable
public class RetentionSession @JvmOverloads constructor(
    id: String,
    url: String = "",
    requestId: String? = null,
    attempts: List<Attempt> = emptyList(),
) : Session(id, url, requestId, attempts) {
    /** Serializer of the class. See [SessionSerializer] for its name. */
    @Suppress("ClassName")
    internal object `$serializer` : SessionSerializer<RetentionSession>("com.renumerate.RetentionSession")

    public companion object {
        /** Returns the serializer of the class, for kotlinx.serialization. */
        @JvmSynthetic
        public fun serializer(): KSerializer<RetentionSession> = `$serializer`
    }
}

/**
 * Session that opens the SubscriptionHub in the browser: `mountSubscriptionHub(el, id)`.
 *
 * The constructor is for your tests. Only sessions that the service has created open a widget.
 */
@Serializable
public class SubscriptionSession @JvmOverloads constructor(
    id: String,
    url: String = "",
    requestId: String? = null,
    attempts: List<Attempt> = emptyList(),
) : Session(id, url, requestId, attempts) {
    /** Serializer of the class. See [SessionSerializer] for its name. */
    @Suppress("ClassName")
    internal object `$serializer` : SessionSerializer<SubscriptionSession>("com.renumerate.SubscriptionSession")

    public companion object {
        /** Returns the serializer of the class, for kotlinx.serialization. */
        @JvmSynthetic
        public fun serializer(): KSerializer<SubscriptionSession> = `$serializer`
    }
}
