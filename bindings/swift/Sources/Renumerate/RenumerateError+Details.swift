extension RenumerateError {
    /// The properties that all errors share.
    public struct Details: Sendable {
        /// The stable code, such as `not_found`.
        public let code: String
        /// One line with the reason, its cause and the remedy.
        public let message: String
        /// The reason only: the service's own `error` text if it sent one, else this library's description.
        public let reason: String
        /// Whether the same request may succeed if it is sent again.
        public let isRetryable: Bool
        /// The attempts of the call, in order. Empty if nothing was sent.
        public let attempts: [Attempt]
        /// The service's id of the request, or `nil` if no response had one.
        public let requestId: String?
        /// The wait before the next request that the service asks for, or `nil` if no response had one.
        public let retryAfter: Duration?
    }

    /// An option or a parameter that cannot be used.
    public struct Refusal: Sendable {
        /// The name of the option or parameter, such as `baseUrl` or `customerId`.
        public let field: String?
        /// The properties that all errors share.
        public let details: Details
    }

    /// A response without a session.
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

    /// A network failure.
    public struct NetworkFailure: Sendable {
        /// The phase in which the network failed.
        public let phase: NetworkPhase
        /// The properties that all errors share.
        public let details: Details
    }

    /// A timeout that ended a call.
    public struct Timeout: Sendable {
        /// The timeout that elapsed.
        public let scope: TimeoutScope
        /// The properties that all errors share.
        public let details: Details
    }
}
