package com.renumerate.internal

import com.renumerate.ApiException
import com.renumerate.Attempt
import com.renumerate.AttemptOutcome
import com.renumerate.AuthenticationException
import com.renumerate.BadRequestException
import com.renumerate.ClosedException
import com.renumerate.ConfigurationException
import com.renumerate.ErrorDetails
import com.renumerate.InternalException
import com.renumerate.NetworkException
import com.renumerate.NetworkPhase
import com.renumerate.NotFoundException
import com.renumerate.RateLimitException
import com.renumerate.RenumerateException
import com.renumerate.RequestTimeoutException
import com.renumerate.ServerException
import com.renumerate.TimeoutScope
import com.renumerate.UnexpectedResponseException
import com.renumerate.ValidationException
import java.io.IOException
import java.time.Duration

/**
 * Creates the exception for the kind of error that the native library reports. Blocking calls run this function on the
 * caller's thread, so that the stack trace shows the caller.
 */
internal fun Failure.toException(): RenumerateException {
    this as Failure.Failed
    val details =
        ErrorDetails(
            code, text, reason, retryable, attempts.map { it.toAttempt() }, hints, host, hostSetting, `field`, status,
            requestId, contentType, body, retryAfter?.let(::millis), phase?.let(::phaseOf), timeoutScope?.let(::scopeOf),
            causeText?.let(::NativeCause),
        )
    return when (kind) {
        ErrorKind.CONFIGURATION -> ConfigurationException(details)
        ErrorKind.VALIDATION -> ValidationException(details)
        ErrorKind.BAD_REQUEST -> BadRequestException(details)
        ErrorKind.AUTHENTICATION -> AuthenticationException(details)
        ErrorKind.NOT_FOUND -> NotFoundException(details)
        ErrorKind.RATE_LIMITED -> RateLimitException(details)
        ErrorKind.SERVER -> ServerException(details)
        ErrorKind.API -> ApiException(details)
        ErrorKind.NETWORK -> NetworkException(details)
        ErrorKind.TIMEOUT -> RequestTimeoutException(details)
        ErrorKind.UNEXPECTED_RESPONSE -> UnexpectedResponseException(details)
        ErrorKind.CLOSED -> ClosedException(details)
        ErrorKind.INTERNAL -> InternalException(details) // the imported class, not that of the generated code
    }
}

/** Causes that the native library reports. They have no stack trace of the JVM. */
private class NativeCause(text: String) : IOException(text) {
    override fun fillInStackTrace(): Throwable = this
}

internal fun AttemptFields.toAttempt(): Attempt = Attempt(
    AttemptOutcome.valueOf(outcome.uppercase()),
    status,
    phase?.let(::phaseOf),
    limit?.let(::scopeOf),
    millis(waited),
    millis(elapsed),
)

private fun phaseOf(name: String) = NetworkPhase.valueOf(name.uppercase())

private fun scopeOf(name: String) = TimeoutScope.valueOf(name.uppercase())

/** Converts milliseconds to a duration with a precision of one microsecond. */
private fun millis(millis: Double): Duration = Duration.ofNanos((millis * 1e3).toLong() * 1000)

/** Creates the failure of a call that has ended because of a bug in this library. The Rust core uses the same text. */
internal fun internalError(problem: String): Failure {
    val hint = "this is a bug of the Renumerate SDK; please report it"
    return Failure.Failed(
        kind = ErrorKind.INTERNAL,
        code = "internal",
        text = "$problem; $hint",
        reason = problem,
        hints = listOf(hint),
        host = null,
        hostSetting = null,
        causeText = null,
        retryable = false,
        attempts = emptyList(),
        `field` = null,
        status = null,
        requestId = null,
        contentType = null,
        body = null,
        retryAfter = null,
        phase = null,
        timeoutScope = null,
    )
}

/** Runs [block]. If it throws a native `Failure`, throws the corresponding public exception instead. */
internal inline fun <T> mapNativeErrors(block: () -> T): T = try {
    block()
} catch (failure: Failure) {
    throw failure.toException()
}
