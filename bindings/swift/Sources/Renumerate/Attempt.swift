/// One attempt of a call: its outcome and its duration.
public struct Attempt: Sendable, Hashable {
    /// The outcome of the attempt.
    public let outcome: Outcome
    /// The HTTP status of the response. `nil` unless the outcome is `.status`.
    public let status: Int?
    /// The phase in which the network failed. `nil` unless the outcome is `.network`.
    public let phase: NetworkPhase?
    /// The timeout that ended the attempt. `nil` unless the outcome is `.timeout`.
    public let limit: TimeoutScope?
    /// The time that the call waited before the attempt. Zero for the first attempt.
    ///
    /// It is also zero if an attempt failed because the server had closed an idle connection. The first retry for this
    /// reason is immediate and does not count towards `maxRetries`.
    public let waited: Duration
    /// The time from the start of the attempt to the last byte of the response, or to the failure.
    public let elapsed: Duration

    /// The outcome of an attempt.
    public enum Outcome: String, Sendable {
        /// The attempt received a response, with any HTTP status.
        case status
        /// The network failed.
        case network
        /// A timeout expired before the end of the response.
        case timeout
    }
}

/// The phase of an attempt in which the network failed.
public enum NetworkPhase: String, Sendable {
    /// The DNS lookup.
    case dns
    /// Opening the connection to the service or to the proxy.
    case connect
    /// The TLS handshake.
    case tls
    /// Sending the request.
    case send
    /// Reading the response.
    case read
}

/// The timeout that ended a call or an attempt.
public enum TimeoutScope: String, Sendable {
    /// `connectTimeout`: DNS lookup, TCP and TLS.
    case connect
    /// `attemptTimeout`: one attempt, including the response body.
    case attempt
    /// `timeout`: the whole call.
    case total
}

extension Attempt {
    init(_ native: NativeAttempt) {
        outcome = Outcome(rawValue: native.outcome) ?? .status
        status = native.status.map(Int.init)
        phase = native.phase.flatMap(NetworkPhase.init)
        limit = native.limit.flatMap(TimeoutScope.init)
        waited = Duration(milliseconds: native.waited)
        elapsed = Duration(milliseconds: native.elapsed)
    }
}
