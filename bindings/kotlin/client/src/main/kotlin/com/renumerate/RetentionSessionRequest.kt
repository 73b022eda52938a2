package com.renumerate

import com.renumerate.internal.Request

/**
 * What a retention session is asked for with, put together by a [Builder]; Kotlin has it as named arguments of the calls.
 * It is checked by the call.
 */
public class RetentionSessionRequest private constructor(
    // Neither a bean's property nor a field that is written: it names the customer.
    @Transient @JvmField @JvmSynthetic internal val request: Request,
) {
    /** Shows nothing of the customer. */
    override fun toString(): String = "RetentionSessionRequest(…)"

    /** Puts a request together. */
    public class Builder : RequestBuilder<Builder>() {
        private var subscriptionId: String? = null

        /** The subscription to cancel, where the customer has several. */
        public fun subscriptionId(subscriptionId: String?): Builder = apply { this.subscriptionId = subscriptionId }

        /** The request so far. */
        public fun build(): RetentionSessionRequest = RetentionSessionRequest(request(subscription = false, subscriptionId))

        internal override fun self(): Builder = this
    }

    public companion object {
        /** Starts without anything. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
