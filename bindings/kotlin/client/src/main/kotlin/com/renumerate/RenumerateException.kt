package com.renumerate

import java.time.Duration

/**
 * Base class of the exceptions of this library. A call throws `CancellationException` instead if its coroutine or
 * future is cancelled, and `InterruptedException` if its thread is interrupted.
 *
 * [message] is one line: what happened at which host, the number of attempts, and what to do. It never contains the
 * private key or a session id.
 * Renumerate explains HTTP statuses in its [Error reference](https://docs.renumerate.com/reference/error-reference).
 */
public sealed class RenumerateException(details: ErrorDetails) : RuntimeException(details.text, details.cause) {
    /** Stable code of the kind of error, such as `not_found`. It is the same in every language of this SDK. */
    public val code: String = details.code

    /**
     * Reason for the error, without the host, the attempts and the hints. It is the `error` text in the response of the
     * service. If there is no such text, it is a description by this library.
     */
    public val reason: String = details.reason

    /** Whether a retry of the same request may succeed. In Java: `isRetryable()`. */
    @get:JvmName("isRetryable")
    public val retryable: Boolean = details.retryable

    /** Attempts of the call, in order; empty if nothing was sent. */
    public val attempts: List<Attempt> = ArrayList(details.attempts)

    /** Suggested remedies, and parameters that look wrong. They are part of [message]. */
    public val hints: List<String> = ArrayList(details.hints)

    /** Host that failed, with its port unless that is the default: the service's host, or the proxy. */
    public val host: String? = details.host

    /**
     * Option or environment variable that names [host], such as `RENUMERATE_BASE_URL`, or `null` if the default
     * applies.
     */
    public val hostSetting: String? = details.hostSetting

    /** Id that the service gave the request, or `null` if no response had one. Quote it to Renumerate's support. */
    public val requestId: String? = details.requestId

    /** Time to wait before the next request, as requested by the service, or `null` if the response states none. */
    public val retryAfter: Duration? = details.retryAfter

    private companion object {
        private const val serialVersionUID = 1L
    }
}

/** Thrown if a setting is missing or invalid, such as the key, the base URL, a file or a timeout. Nothing was sent. */
public class ConfigurationException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** Name of the invalid option, such as `baseUrl`. */
    public val field: String? = details.field
}

/** Thrown if a parameter is invalid. Nothing was sent. */
public class ValidationException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** Name of the invalid parameter, such as `customerId`. */
    public val field: String? = details.field
}

/** Thrown if the service returns an HTTP status of 400 or higher. Common statuses have their own subclass. */
public open class ApiException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** HTTP status of the response. */
    public val status: Int = details.status ?: 0

    /** Content type of the response, or `null` without one. */
    public val contentType: String? = details.contentType

    /** Body of the response: at most 512 characters, without control characters and with secrets masked. */
    public val body: String? = details.body
}

/** Thrown for HTTP status 400 or 422: the service rejected the request. */
public class BadRequestException internal constructor(details: ErrorDetails) : ApiException(details)

/** Thrown for HTTP status 401 or 403: the service rejected the private key. */
public class AuthenticationException internal constructor(details: ErrorDetails) : ApiException(details)

/** Thrown for HTTP status 404 with an error message of the service: the customer or the subscription does not exist. */
public class NotFoundException internal constructor(details: ErrorDetails) : ApiException(details)

/** Thrown for HTTP status 429: too many requests. Wait for [retryAfter], if present, before the next request. */
public class RateLimitException internal constructor(details: ErrorDetails) : ApiException(details)

/** Thrown for HTTP status 500 to 599: the service, or a proxy in front of it, has failed. */
public class ServerException internal constructor(details: ErrorDetails) : ApiException(details)

/** Thrown if the network fails before a complete response is received. */
public class NetworkException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** Phase in which the network failed. */
    public val phase: NetworkPhase = details.phase ?: NetworkPhase.CONNECT

    /** HTTP status with which a proxy refused to open a tunnel to the service, or `null`. */
    public val status: Int? = details.status
}

/** Thrown if a timeout expires before a complete response is received. */
public class RequestTimeoutException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** Timeout that ended the call. */
    public val scope: TimeoutScope = details.timeoutScope ?: TimeoutScope.TOTAL

    /** Phase in which the last attempt was when its time was over, or `null` if the call made no attempt. */
    public val phase: NetworkPhase? = details.phase
}

/**
 * Thrown if the response has HTTP status 1xx or 3xx, has status 2xx but no valid session id, or has status 404 but no
 * error message of the service. A proxy has probably sent the response instead of the service.
 */
public class UnexpectedResponseException internal constructor(details: ErrorDetails) : RenumerateException(details) {
    /** HTTP status of the response. */
    public val status: Int = details.status ?: 0

    /** Content type of the response, or `null` without one. */
    public val contentType: String? = details.contentType

    /** Body of the response: at most 512 characters, without control characters and with secrets masked. */
    public val body: String? = details.body
}

/** Thrown if the client was closed before the call. Nothing was sent. */
public class ClosedException internal constructor(details: ErrorDetails) : RenumerateException(details)

/** Thrown if this library has a bug, such as a call that ended without a result. Please report it. */
public class InternalException internal constructor(details: ErrorDetails) : RenumerateException(details)
