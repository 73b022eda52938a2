package com.renumerate.internal

import com.renumerate.HandshakeToken

/** Creates a handshake token with [create], a function of the native library that blocks for no I/O. */
internal inline fun createToken(customerId: String, create: (SettingValue) -> TokenFields): HandshakeToken {
    val encodedId = encodeSetting("customerId", customerId).withInvalidTextMarked().value
    val fields = mapNativeErrors { create(encodedId) }
    return HandshakeToken(fields.token, microsecondsSinceEpoch(fields.expiresAt))
}
