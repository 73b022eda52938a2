#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An error thrown by this library. If the task of a call is cancelled, the call throws `CancellationError` instead.
///
/// Renumerate explains the HTTP statuses in its
/// [Error reference](https://docs.renumerate.com/reference/error-reference).
///
/// ```swift
/// do {
///     print(try await client.createRetentionSession(customerId: "cus_NffrFeUfNV2Hib").id)
/// } catch RenumerateError.notFound {
///     print("no such customer")
/// } catch let error as RenumerateError where error.isRetryable {
///     print("try again later: \(error.reason)")
/// }
/// ```
public enum RenumerateError: Error, Sendable {
    /// An option is missing or invalid, such as the key, the base URL, a file or a timeout. Nothing was sent.
    case configuration(Refusal)
    /// A parameter is invalid. Nothing was sent.
    case validation(Refusal)
    /// HTTP status 400 or 422: the service rejected the request.
    case badRequest(Answer)
    /// HTTP status 401 or 403: the service rejected the private key.
    case authentication(Answer)
    /// HTTP status 404 with an error message of the service: it does not know the customer or the subscription.
    case notFound(Answer)
    /// HTTP status 429: too many requests. Wait for ``retryAfter``, if present, before the next request.
    case rateLimited(Answer)
    /// HTTP status 500 to 599: the service, or a proxy in front of it, failed.
    case server(Answer)
    /// Another HTTP status of 400 or above.
    case api(Answer)
    /// The network failed before the end of the response.
    case network(NetworkFailure)
    /// A timeout expired before the end of the response.
    case timeout(Timeout)
    /// The response is not a valid response of the service. It is, for example, a redirect, a status 2xx without a
    /// session, or a status 404 without an error message of the service. Usually, a proxy sent the response.
    case unexpectedResponse(Answer)
    /// The client was closed before the call. Nothing was sent.
    case closed(Details)
    /// This library has a bug, for example if a call ended without a result. Please report it. A request may have been
    /// sent.
    case `internal`(Details)
}

extension RenumerateError {
    /// The properties that all errors share.
    public var details: Details {
        switch self {
        case .configuration(let refusal), .validation(let refusal): refusal.details
        case .badRequest(let answer), .authentication(let answer), .notFound(let answer), .rateLimited(let answer),
            .server(let answer), .api(let answer), .unexpectedResponse(let answer):
            answer.details
        case .network(let failure): failure.details
        case .timeout(let timeout): timeout.details
        case .closed(let details), .internal(let details): details
        }
    }

    /// The stable code, such as `not_found`. It is the same in every language of this SDK.
    public var code: String { details.code }

    /// One line: what happened at which host, the number of attempts, and what to do. It never contains the private key
    /// or a session id.
    ///
    /// The message is for your logs, not for users. If a page must show something, show only the ``code``.
    public var message: String { details.message }

    /// Only the reason: the `error` text of the service's response, or this library's description if there is none.
    public var reason: String { details.reason }

    /// Suggested remedies, and parameters that look wrong. They are part of ``message``.
    public var hints: [String] { details.hints }

    /// The host that failed, with its port unless that is the default: the service's host, or the proxy.
    public var host: String? { details.host }

    /// The option or environment variable that names ``host``, such as `RENUMERATE_BASE_URL`, or `nil` if the default
    /// applies.
    public var hostSetting: String? { details.hostSetting }

    /// Whether the same request may succeed if it is sent again.
    public var isRetryable: Bool { details.isRetryable }

    /// The attempts of the call, in order. Empty if nothing was sent.
    public var attempts: [Attempt] { details.attempts }

    /// The id that the service gave the request, or `nil` if no response had one. Quote it to Renumerate's support.
    public var requestId: String? { details.requestId }

    /// The time to wait before the next request, as requested by the service, or `nil` if no response states one.
    public var retryAfter: Duration? { details.retryAfter }
}

extension RenumerateError: LocalizedError, CustomStringConvertible, CustomDebugStringConvertible {
    /// The type, the ``code`` and the ``message``: `RenumerateError not_found: api.renumerate.com answered 404: …`.
    public var description: String { "RenumerateError \(code): \(message)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// The ``message``, which `localizedDescription` returns.
    public var errorDescription: String? { message }

    /// The ``reason``.
    public var failureReason: String? { reason }
}
