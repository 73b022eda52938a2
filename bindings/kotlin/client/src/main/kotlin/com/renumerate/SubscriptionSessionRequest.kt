package com.renumerate

import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request

/**
 * Parameters of a subscription session and options of its call, created by a [Builder]. Kotlin code can pass named
 * arguments to the client instead. The call validates the parameters. There is no subscription id: the hub shows all
 * subscriptions of the customer.
 */
public class SubscriptionSessionRequest private constructor(
    // The request identifies the customer. The annotations make serializers and bean introspection skip this field.
    @Transient @JvmField @JvmSynthetic internal val request: Request,
) {
    /** Returns a string without customer data. */
    override fun toString(): String = "SubscriptionSessionRequest(…)"

    /** Builder of [SubscriptionSessionRequest]. */
    public class Builder : RequestBuilder<Builder>() {
        /** Returns the request. */
        public fun build(): SubscriptionSessionRequest = SubscriptionSessionRequest(request(EndpointKind.SUBSCRIPTION, null))

        internal override fun self(): Builder = this
    }

    public companion object {
        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
