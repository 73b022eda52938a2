package com.renumerate

import com.renumerate.internal.Request
import com.renumerate.internal.Setting
import com.renumerate.internal.encodeSetting
import com.renumerate.internal.inMilliseconds
import java.time.Duration

/** What the builders of both requests have. Of customer id and e-mail address one must be given. */
public sealed class RequestBuilder<B : RequestBuilder<B>> {
    private var customerId: String? = null
    private var customerEmail: String? = null
    private var timeout: Duration? = null
    private var maxRetries: Int? = null
    private val parameters: MutableList<Setting> = ArrayList(0)
    private val options: MutableList<Setting> = ArrayList(0)

    /** The customer's id with your payment provider, `cus_…`. */
    public fun customerId(customerId: String?): B = set { this.customerId = customerId }

    /** The customer's e-mail address. */
    public fun customerEmail(customerEmail: String?): B = set { this.customerEmail = customerEmail }

    /** The limit of this whole call. Default: the client's. */
    public fun timeout(timeout: Duration?): B = set { this.timeout = timeout }

    /** How often this call is tried again where that may help, 0 to 10. Default: the client's. */
    public fun maxRetries(maxRetries: Int?): B = set { this.maxRetries = maxRetries }

    /** Sets a parameter by its name, such as `"customerId"`. The call refuses an unknown one, with the nearest known one. */
    public fun parameter(name: String, value: Any?): B = set { parameters.add(encodeSetting(name, value)) }

    /** Sets an option of the call by its name, such as `"timeout"`, with a [Duration] or a number of milliseconds. */
    public fun option(name: String, value: Any?): B = set { options.add(encodeSetting(name, value)) }

    internal fun request(subscription: Boolean, subscriptionId: String?): Request = Request(
        subscription, customerId, customerEmail, subscriptionId, timeout?.inMilliseconds(), maxRetries, parameters.toList(),
        options.toList(), listens = false,
    )

    internal abstract fun self(): B

    private inline fun set(change: () -> Unit): B {
        change()
        return self()
    }
}
