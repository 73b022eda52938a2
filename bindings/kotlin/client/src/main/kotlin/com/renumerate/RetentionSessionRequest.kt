package com.renumerate

import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request

/**
 * Parameters of a retention session and options of the call that creates it. A [Builder] creates instances. Kotlin code
 * can pass named arguments to the client instead. The parameters are validated when the request is passed to a client.
 */
public class RetentionSessionRequest private constructor(
    // The request contains customer data, so the annotations hide this field from serializers and bean introspection.
    @Transient @JvmField @JvmSynthetic internal val request: Request,
) {
    /** Returns a string without customer data. */
    override fun toString(): String = "RetentionSessionRequest(…)"

    /** Builder of [RetentionSessionRequest]. */
    public class Builder : RequestBuilder<Builder>() {
        private var subscriptionId: String? = null

        /** Sets the id of the subscription to cancel, for a customer with several subscriptions. */
        public fun subscriptionId(subscriptionId: String?): Builder = apply { this.subscriptionId = subscriptionId }

        /** Returns the request. */
        public fun build(): RetentionSessionRequest = RetentionSessionRequest(request(EndpointKind.RETENTION, subscriptionId))

        internal override fun self(): Builder = this
    }

    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
