extension RenumerateError {
    /// The properties that all errors share.
    public struct Details: Sendable {
        /// The stable code, such as `not_found`.
        public let code: String
        /// One line: what happened at which host, the number of attempts, and what to do.
        public let message: String
        /// Only the reason: the `error` text of the service's response, or this library's description if there is none.
        public let reason: String
        /// Suggested remedies, and parameters that look wrong. They are part of `message`.
        public let hints: [String]
        /// The host that failed, with its port unless that is the default: the service's host, or the proxy.
        public let host: String?
        /// The option or environment variable that names `host`, or `nil` if the default applies.
        public let hostSetting: String?
        /// The underlying causes in one line, for bug reports.
        public let cause: String?
        /// Whether the same request may succeed if it is sent again.
        public let isRetryable: Bool
        /// The attempts of the call, in order. Empty if nothing was sent.
        public let attempts: [Attempt]
        /// The id that the service gave the request, or `nil` if no response had one.
        public let requestId: String?
        /// The time to wait before the next request, as requested by the service, or `nil` if no response states one.
        public let retryAfter: Duration?
    }

    /// The properties of an error about an invalid option or parameter.
    public struct Refusal: Sendable {
        /// The name of the option or parameter, such as `baseUrl` or `customerId`.
        public let field: String?
        /// The properties that all errors share.
        public let details: Details
    }

    /// The properties of an error about an HTTP response that contains no session.
    public struct Answer: Sendable {
        /// The HTTP status.
        public let status: Int
        /// The content type, or `nil` if the response had none.
        public let contentType: String?
        /// The body: at most 512 characters, without control characters and with secrets masked.
        public let body: String?
        /// The properties that all errors share.
        public let details: Details
    }

    /// The properties of an error about a network failure.
    public struct NetworkFailure: Sendable {
        /// The phase in which the network failed.
        public let phase: NetworkPhase
        /// The HTTP status with which a proxy refused to open a tunnel to the service, or `nil`.
        public let status: Int?
        /// The properties that all errors share.
        public let details: Details
    }

    /// The properties of an error about a timeout that ended a call.
    public struct Timeout: Sendable {
        /// The timeout that expired.
        public let scope: TimeoutScope
        /// The phase in which the last attempt was when its time was over, or `nil` if the call made no attempt.
        public let phase: NetworkPhase?
        /// The properties that all errors share.
        public let details: Details
    }
}
