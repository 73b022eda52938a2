package com.renumerate.internal

import com.renumerate.ApiException
import com.renumerate.Attempt
import com.renumerate.AttemptOutcome
import com.renumerate.AuthenticationException
import com.renumerate.BadRequestException
import com.renumerate.ConfigurationException
import com.renumerate.ErrorDetails
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
import java.time.Duration

/**
 * Creates the exception for the error kind that the core reports. Blocking calls use this function on the caller's
 * thread, so that the stack trace shows the caller.
 */
internal fun Failure.toException(): RenumerateException {
    this as Failure.Failed
    val details =
        ErrorDetails(
            code, text, reason, retryable, attempts.map { it.toAttempt() }, `field`, status, requestId, contentType, body,
            retryAfter?.let(::millis), phase?.let(::phaseOf), timeoutScope?.let(::scopeOf),
        )
    return when (kind) {
        "ConfigurationError" -> ConfigurationException(details)
        "ValidationError" -> ValidationException(details)
        "BadRequestError" -> BadRequestException(details)
        "AuthenticationError" -> AuthenticationException(details)
        "NotFoundError" -> NotFoundException(details)
        "RateLimitError" -> RateLimitException(details)
        "ServerError" -> ServerException(details)
        "NetworkError" -> NetworkException(details)
        "RequestTimeoutError" -> RequestTimeoutException(details)
        "UnexpectedResponseError" -> UnexpectedResponseException(details)
        else -> ApiException(details)
    }
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

/** Runs [block] and throws a native `Failure` as a public exception. */
internal inline fun <T> mapNativeErrors(block: () -> T): T = try {
    block()
} catch (failure: Failure) {
    throw failure.toException()
}
