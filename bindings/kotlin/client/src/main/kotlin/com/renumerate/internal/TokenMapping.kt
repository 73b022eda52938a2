package com.renumerate.internal

import com.renumerate.HandshakeToken

/** Creates a handshake token. [create] calls the native library. */
internal inline fun createToken(customerId: String, create: (SettingValue) -> TokenFields): HandshakeToken {
    val encodedId = encodeSetting("customerId", customerId).withInvalidTextMarked().value
    val fields = mapNativeErrors { create(encodedId) }
    return HandshakeToken(fields.token, microsecondsSinceEpoch(fields.expiresAt))
}
