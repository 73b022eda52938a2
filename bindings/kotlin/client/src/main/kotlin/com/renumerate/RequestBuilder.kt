package com.renumerate

import com.renumerate.internal.EndpointKind
import com.renumerate.internal.Request
import com.renumerate.internal.Setting
import com.renumerate.internal.encodeSetting
import com.renumerate.internal.inMilliseconds
import com.renumerate.internal.sessionRequest
import java.time.Duration

/** Base class of the request builders. A request needs a customer id or an e-mail address, or both. */
public sealed class RequestBuilder<B : RequestBuilder<B>> {
    private var customerId: String? = null
    private var customerEmail: String? = null
    private var timeout: Duration? = null
    private var maxRetries: Int? = null
    private val parameters: MutableList<Setting> = ArrayList(0)
    private val options: MutableList<Setting> = ArrayList(0)

    /** Sets the id of the customer at your payment provider, `cus_…`. */
    public fun customerId(customerId: String?): B = set { this.customerId = customerId }

    /** Sets the e-mail address of the customer. */
    public fun customerEmail(customerEmail: String?): B = set { this.customerEmail = customerEmail }

    /** Sets the total timeout of this call, at most 24 hours. Default: the client's timeout. */
    public fun timeout(timeout: Duration?): B = set { this.timeout = timeout }

    /** Sets the maximum number of retries of this call, 0 to 10. Default: the client's maximum. */
    public fun maxRetries(maxRetries: Int?): B = set { this.maxRetries = maxRetries }

    /** Sets a parameter by name, such as `"customerId"`. The call fails if the name is unknown. */
    public fun parameter(name: String, value: Any?): B = set { parameters.add(encodeSetting(name, value)) }

    /** Sets an option of the call by name, such as `"timeout"` with a [Duration] or a number of milliseconds. */
    public fun option(name: String, value: Any?): B = set { options.add(encodeSetting(name, value)) }

    internal fun request(kind: EndpointKind, subscriptionId: String?): Request {
        val timeout = timeout?.inMilliseconds()
        return sessionRequest(kind, customerId, customerEmail, subscriptionId, timeout, maxRetries, parameters, options)
    }

    internal abstract fun self(): B

    private inline fun set(change: () -> Unit): B {
        change()
        return self()
    }
}
