package com.renumerate.internal

import com.renumerate.HandshakeToken
import com.renumerate.Logger

/**
 * Creates a handshake token. If this fails, passes the log line to [logger] and throws the exception. [create] calls
 * the native library. Its second argument tells whether to collect log lines.
 */
internal inline fun createToken(
    customerId: String?,
    logger: Logger?,
    create: (SettingValue, Boolean) -> TokenOutcome,
): HandshakeToken {
    val encodedId = encodeSetting("customerId", customerId).withInvalidTextMarked().value
    when (val outcome = mapNativeErrors { create(encodedId, logger != null) }) {
        is TokenOutcome.Created -> return HandshakeToken(outcome.token, microsecondsSinceEpoch(outcome.expiresAt))

        is TokenOutcome.Rejected -> {
            outcome.logs.logTo(logger)
            throw outcome.failure.toException()
        }
    }
}
