#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An error thrown by this library. Only cancelled tasks throw a different error, `CancellationError`.
///
/// The vendor documents the HTTP statuses in its
/// [Error reference](https://docs.renumerate.com/reference/error-reference).
///
/// ```swift
/// do {
///     print(try await client.createRetentionSession(customerId: "cus_NffrFeUfNV2Hib").id)
/// } catch RenumerateError.notFound {
///     print("no such customer")
/// } catch let error as RenumerateError where error.isRetryable {
///     print("later, perhaps: \(error.reason)")
/// }
/// ```
public enum RenumerateError: Error, Sendable {
    /// An option cannot be used: the key, the base URL, a file, or a value out of range. Nothing was sent.
    ///
    /// If the field is `runtime`, the error is a bug in this library: please report it. It can occur after a request
    /// was sent.
    case configuration(Refusal)
    /// A parameter is invalid. Nothing was sent.
    case validation(Refusal)
    /// 400 or 422: the service rejected the request.
    case badRequest(Answer)
    /// 401 or 403: the service rejected the private key.
    case authentication(Answer)
    /// 404: the service does not know the customer or the subscription.
    case notFound(Answer)
    /// 429: too many requests. ``retryAfter`` is the wait that the service asks for, if any.
    case rateLimited(Answer)
    /// 500 to 599: the service, or a proxy in front of it, failed.
    case server(Answer)
    /// Any other status from 400.
    case api(Answer)
    /// The network failed before the end of the response.
    case network(NetworkFailure)
    /// A timeout elapsed before the end of the response.
    case timeout(Timeout)
    /// The response is not a documented one: a redirect, or a 2xx status without a session. The usual cause is a proxy.
    case unexpectedResponse(Answer)
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
        }
    }

    /// The stable code, such as `not_found`. It is the same in every language of this SDK.
    public var code: String { details.code }

    /// One line with the reason, its cause and the remedy. It never contains the private key or a session id.
    ///
    /// The message is for your logs. Show at most the ``code`` on a page.
    public var message: String { details.message }

    /// The reason only: the service's own `error` text if it sent one, else this library's description.
    public var reason: String { details.reason }

    /// Whether the same request may succeed if it is sent again.
    public var isRetryable: Bool { details.isRetryable }

    /// The attempts of the call, in order. Empty if nothing was sent.
    public var attempts: [Attempt] { details.attempts }

    /// The service's id of the request, or `nil` if no response had one. Quote it to the vendor's support.
    public var requestId: String? { details.requestId }

    /// The wait before the next request that the service asks for, or `nil` if no response had one.
    public var retryAfter: Duration? { details.retryAfter }
}

extension RenumerateError: LocalizedError, CustomStringConvertible, CustomDebugStringConvertible {
    /// The ``message``.
    public var description: String { message }

    /// The ``message``.
    public var debugDescription: String { message }

    /// The ``message``, which `localizedDescription` returns.
    public var errorDescription: String? { message }

    /// The ``reason``.
    public var failureReason: String? { reason }
}
