package com.renumerate

import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request

/**
 * Parameters of a retention session and options of its call, created by a [Builder]. Kotlin code can pass named
 * arguments to the client instead. The call validates the parameters.
 */
public class RetentionSessionRequest private constructor(
    // The request identifies the customer. The annotations make serializers and bean introspection skip this field.
    @Transient @JvmField @JvmSynthetic internal val request: Request,
) {
    /** Returns a string without customer data. */
    override fun toString(): String = "RetentionSessionRequest(…)"

    /** Builder of [RetentionSessionRequest]. */
    public class Builder : RequestBuilder<Builder>() {
        private var subscriptionId: String? = null

        /** Sets the subscription to cancel, if the customer has several. */
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
