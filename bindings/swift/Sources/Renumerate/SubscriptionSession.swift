/// A session that opens the SubscriptionHub: `mountSubscriptionHub(el, id)`.
public struct SubscriptionSession: RenumerateSession {
    public let id: String
    public let url: String
    public let requestId: String?
    public private(set) var attempts: [Attempt] = []

    /// Creates a session for your own tests. Only a session that the service has created opens a widget.
    ///
    /// - Parameters:
    ///   - id: The session id, `sub_…`.
    ///   - url: The URL of the widget. Default: empty.
    ///   - requestId: The id that the service gave the request. Default: `nil`.
    ///   - attempts: The attempts of the call. Default: none.
    public init(id: String, url: String = "", requestId: String? = nil, attempts: [Attempt] = []) {
        self.id = id
        self.url = url
        self.requestId = requestId
        self.attempts = attempts
    }

    private enum CodingKeys: CodingKey { case id, url, requestId }
}

extension SubscriptionSession {
    init(_ native: NativeSession) {
        self.init(
            id: native.id, url: native.url, requestId: native.requestId, attempts: native.attempts.map(Attempt.init))
    }
}

extension RenumerateClient {
    /// Creates a subscription session, which opens the SubscriptionHub.
    ///
    /// The SubscriptionHub is a widget that shows all subscriptions of the customer. The endpoint is
    /// `POST /v1/subscription/session`.
    ///
    /// Pass `customerId`, `customerEmail` or both. Create the session when the customer opens the widget, and only for
    /// the customer that your backend has authenticated. Cancelling the task aborts the request and closes its
    /// connection.
    ///
    /// - Parameters:
    ///   - customerId: The customer's id with your payment provider, `cus_…`.
    ///   - customerEmail: The customer's e-mail address.
    ///   - timeout: The timeout of this whole call, at most 24 hours. Default: the client's timeout.
    ///   - maxRetries: The maximum number of retries of this call, 0 to 10. Default: the client's maximum.
    /// - Returns: The session. Send its `id` to the customer's page.
    /// - Throws: ``RenumerateError``, or `CancellationError` if the task is cancelled.
    public func createSubscriptionSession(
        customerId: String? = nil,
        customerEmail: String? = nil,
        timeout: Duration? = nil,
        maxRetries: Int? = nil
    ) async throws -> SubscriptionSession {
        let request = makeRequest(
            .subscription, parameters: ["customerId": customerId, "customerEmail": customerEmail],
            timeout: timeout, maxRetries: maxRetries)
        return SubscriptionSession(try await perform(request))
    }

    /// Creates a subscription session from parameters and options by name, for names that are known only at run time.
    ///
    /// - Parameters:
    ///   - parameters: `"customerId"` and `"customerEmail"`. An unknown name causes an error that suggests the closest
    ///     known name.
    ///   - options: `"timeout"`, as a `Duration` or a number of milliseconds, and `"maxRetries"`. Default: the
    ///     client's options.
    /// - Returns: The session. Send its `id` to the customer's page.
    /// - Throws: ``RenumerateError``, or `CancellationError` if the task is cancelled.
    public func createSubscriptionSession(
        parameters: [String: SettingValue], options: [String: SettingValue] = [:]
    ) async throws -> SubscriptionSession {
        SubscriptionSession(try await perform(makeRequest(.subscription, parameters: parameters, options: options)))
    }
}
