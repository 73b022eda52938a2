package com.renumerate

import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request

/**
 * Parameters of a subscription session and options of the call that creates it. A [Builder] creates instances. Kotlin
 * code can pass named arguments to the client instead. The parameters are validated when the request is passed to a
 * client.
 *
 * There is no parameter for a subscription id, because the SubscriptionHub shows all subscriptions of the customer.
 */
public class SubscriptionSessionRequest private constructor(
    // The request contains customer data, so the annotations hide this field from serializers and bean introspection.
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
