package com.renumerate.testing

import kotlinx.serialization.json.JsonObject

/** Parameters of a session that a sandbox has created. */
public class MintedSession internal constructor(
    /** Kind of the session: `retention`, `subscription`, or `handshake` if a handshake token was exchanged for it. */
    public val kind: String,
    /** Id of the customer, or `null` if the request had none. */
    public val customerId: String?,
    /** E-mail address of the customer, or `null` if the request had none. */
    public val customerEmail: String?,
    /** Id of the subscription, or `null` if the request had none. */
    public val subscriptionId: String?,
)

internal fun mintedSession(record: JsonObject): MintedSession = MintedSession(
    kind = record.text("kind").orEmpty(),
    customerId = record.text("customer_id"),
    customerEmail = record.text("customer_email"),
    subscriptionId = record.text("subscription_id"),
)
