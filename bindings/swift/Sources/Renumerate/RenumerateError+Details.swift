extension RenumerateError {
    /// What all errors have.
    public struct Details: Sendable {
        /// The stable code, such as `not_found`.
        public let code: String
        /// One line with the reason, its cause and the remedy.
        public let message: String
        /// The reason alone.
        public let reason: String
        /// Whether the same request may succeed when it is sent again.
        public let isRetryable: Bool
        /// What each attempt of the call met; empty where nothing was sent.
        public let attempts: [Attempt]
        /// The service's own id of the request, where an answer came with one.
        public let requestId: String?
        /// How long the service asks to wait before the next request, where an answer says so.
        public let retryAfter: Duration?
    }

    /// An option or a parameter that cannot be used.
    public struct Refusal: Sendable {
        /// Its name, such as `baseUrl` or `customerId`.
        public let field: String?
        /// What all errors have.
        public let details: Details
    }

    /// An answer without a session in it.
    public struct Answer: Sendable {
        /// Its HTTP status.
        public let status: Int
        /// Its content type.
        public let contentType: String?
        /// Its body: at most 512 characters, without control characters, secrets masked.
        public let body: String?
        /// What all errors have.
        public let details: Details
    }

    /// A failure of the network.
    public struct NetworkFailure: Sendable {
        /// How far the call came.
        public let phase: NetworkPhase
        /// What all errors have.
        public let details: Details
    }

    /// A limit that was met.
    public struct Timeout: Sendable {
        /// Which one.
        public let scope: TimeoutScope
        /// What all errors have.
        public let details: Details
    }
}
