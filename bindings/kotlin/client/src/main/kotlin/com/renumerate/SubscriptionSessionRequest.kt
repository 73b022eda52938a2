package com.renumerate

import com.renumerate.internal.Request

/**
 * What a subscription session is asked for with, put together by a [Builder]; Kotlin has it as named arguments of the calls.
 * It is checked by the call. It has no subscription id: the hub shows all subscriptions of the customer.
 */
public class SubscriptionSessionRequest private constructor(
    // Neither a bean's property nor a field that is written: it names the customer.
    @Transient @JvmField @JvmSynthetic internal val request: Request,
) {
    /** Shows nothing of the customer. */
    override fun toString(): String = "SubscriptionSessionRequest(…)"

    /** Puts a request together. */
    public class Builder : RequestBuilder<Builder>() {
        /** The request so far. */
        public fun build(): SubscriptionSessionRequest = SubscriptionSessionRequest(request(subscription = true, null))

        internal override fun self(): Builder = this
    }

    public companion object {
        /** Starts without anything. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
