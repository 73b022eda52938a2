package com.renumerate

import java.time.Duration

/**
 * Whatever this library throws, but for what the language itself has: `CancellationException` where a coroutine or a
 * future is cancelled, `InterruptedException` where a blocked thread is interrupted.
 *
 * [message] is one line with the reason, its cause and the remedy; it never holds the private key or a session id. The
 * vendor's page on what statuses mean: [Error reference](https://docs.renumerate.com/reference/error-reference).
 */
public sealed class RenumerateException(details: ErrorDetails) : RuntimeException(details.text, details.cause) {
    /** The stable code of the class, such as `not_found`; the same in every language of this SDK. */
    public val code: String = details.code

    /** The reason alone: the service's own `error` text where it sent one, else what can be said. */
    public val reason: String = details.reason

    /** Whether the same request may succeed when it is sent again. In Java `isRetryable()`. */
    @get:JvmName("isRetryable")
    public val retryable: Boolean = details.retryable

    /** What each attempt of the call met and how long it took; empty where nothing was sent. */
    public val attempts: List<Attempt> = ArrayList(details.attempts)

    /** The service's own id of the request, where an answer came with one: quote it to their support. */
    public val requestId: String? = details.requestId

    /** How long the service asks to wait before the next request, where an answer says so. */
    public val retryAfter: Duration? = details.retryAfter

    private companion object {
        private const val serialVersionUID = 1L
    }
}

/** A setting cannot be used: the key, the base URL, a file, an option out of range. Nothing was sent. */
public class ConfigurationException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** The option at fault, such as `baseUrl`. */
    public val field: String? = details.field
}

/** A parameter is certainly wrong. Nothing was sent. */
public class ValidationException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** The parameter at fault, such as `customerId`. */
    public val field: String? = details.field
}

/** The service answered with a status from 400 on. Those that a program may want to tell apart have classes of their own. */
public open class ApiException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** The HTTP status of the answer. */
    public val status: Int = details.status ?: 0

    /** The content type of the answer. */
    public val contentType: String? = details.contentType

    /** The answer's body: at most 512 characters, without control characters, secrets masked. */
    public val body: String? = details.body
}

/** 400 or 422: the service does not take the request. */
public class BadRequestException internal constructor(details: ErrorDetails) : ApiException(details)

/** 401 or 403: the service does not take the key. */
public class AuthenticationException internal constructor(details: ErrorDetails) : ApiException(details)

/** 404: the service has no such customer or subscription. */
public class NotFoundException internal constructor(details: ErrorDetails) : ApiException(details)

/** 429: too many requests; [retryAfter] says how long to wait, where the service does. */
public class RateLimitException internal constructor(details: ErrorDetails) : ApiException(details)

/** 500 to 599: the service, or something before it, has failed. */
public class ServerException internal constructor(details: ErrorDetails) : ApiException(details)

/** No answer came: [phase] says how far the call got. */
public class NetworkException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** How far the call came. */
    public val phase: NetworkPhase = details.phase ?: NetworkPhase.CONNECT
}

/** No answer came in time. */
public class RequestTimeoutException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** Which limit ended the call. */
    public val scope: TimeoutScope = details.timeoutScope ?: TimeoutScope.TOTAL
}

/** An answer that is not Renumerate's: a redirect, or a 2xx without a session in it. A proxy, most likely. */
public class UnexpectedResponseException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** The HTTP status of the answer. */
    public val status: Int = details.status ?: 0

    /** The content type of the answer. */
    public val contentType: String? = details.contentType

    /** The answer's body: at most 512 characters, without control characters, secrets masked. */
    public val body: String? = details.body
}
