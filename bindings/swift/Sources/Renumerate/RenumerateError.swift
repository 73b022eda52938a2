#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whatever this library throws, but for `CancellationError` where a task is cancelled. The vendor's page on what statuses
/// mean: [Error reference](https://docs.renumerate.com/reference/error-reference).
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
    /// A setting cannot be used: the key, the base URL, a file, an option out of range. Nothing was sent. Where the field is
    /// `runtime` it is a flaw of this library, which we would like to hear of, and which may show after a request was sent.
    case configuration(Refusal)
    /// A parameter is certainly wrong. Nothing was sent.
    case validation(Refusal)
    /// 400 or 422: the service does not take the request.
    case badRequest(Answer)
    /// 401 or 403: the service does not take the key.
    case authentication(Answer)
    /// 404: the service has no such customer or subscription.
    case notFound(Answer)
    /// 429: too many requests; ``retryAfter`` says how long to wait, where the service does.
    case rateLimited(Answer)
    /// 500 to 599: the service, or something before it, has failed.
    case server(Answer)
    /// Any other status from 400 on.
    case api(Answer)
    /// No answer came.
    case network(NetworkFailure)
    /// No answer came in time.
    case timeout(Timeout)
    /// An answer that is not Renumerate's: a redirect, or a 2xx without a session in it. A proxy, most likely.
    case unexpectedResponse(Answer)
}

extension RenumerateError {
    /// What all have in common.
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

    /// The stable code, such as `not_found`; the same in every language of this SDK.
    public var code: String { details.code }

    /// One line with the reason, its cause and the remedy; it never holds the private key or a session id. It is for your
    /// logs: a page needs ``code`` at most.
    public var message: String { details.message }

    /// The reason alone: the service's own `error` text where it sent one, else what can be said.
    public var reason: String { details.reason }

    /// Whether the same request may succeed when it is sent again.
    public var isRetryable: Bool { details.isRetryable }

    /// What each attempt of the call met and how long it took; empty where nothing was sent.
    public var attempts: [Attempt] { details.attempts }

    /// The service's own id of the request, where an answer came with one: quote it to their support.
    public var requestId: String? { details.requestId }

    /// How long the service asks to wait before the next request, where an answer says so.
    public var retryAfter: Duration? { details.retryAfter }
}

extension RenumerateError: LocalizedError, CustomStringConvertible, CustomDebugStringConvertible {
    /// The ``message``.
    public var description: String { message }

    /// The ``message``.
    public var debugDescription: String { message }

    /// The ``message``, as `localizedDescription` shows it.
    public var errorDescription: String? { message }

    /// The ``reason``.
    public var failureReason: String? { reason }
}
