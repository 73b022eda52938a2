/// A session that opens the cancel flow: `showRetentionView(id)`, `mountCancelButton(el, id)`.
public struct RetentionSession: RenumerateSession {
    public let id: String
    public let url: String
    public let requestId: String?
    public private(set) var attempts: [Attempt] = []

    /// Creates a session for your own tests. Only a session that the service has created opens a widget.
    ///
    /// - Parameters:
    ///   - id: The session id, `ret_…`.
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

extension RetentionSession {
    init(_ native: NativeSession) {
        self.init(
            id: native.id, url: native.url, requestId: native.requestId, attempts: native.attempts.map(Attempt.init))
    }
}

extension RenumerateClient {
    /// Creates a retention session, which opens the cancel flow. The endpoint is `POST /v1/retention/session`.
    ///
    /// Pass `customerId`, `customerEmail` or both. Create the session when the customer asks to cancel, and only for
    /// the customer that your backend has authenticated. Cancelling the task aborts the request and closes its
    /// connection.
    ///
    /// - Parameters:
    ///   - customerId: The customer's id with your payment provider, `cus_…`.
    ///   - customerEmail: The customer's e-mail address.
    ///   - subscriptionId: The id of the subscription to cancel, for a customer with several subscriptions.
    ///   - timeout: The timeout of this whole call, at most 24 hours. Default: the client's timeout.
    ///   - maxRetries: The maximum number of retries of this call, 0 to 10. Default: the client's maximum.
    /// - Returns: The session. Send its `id` to the customer's page.
    /// - Throws: ``RenumerateError``, or `CancellationError` if the task is cancelled.
    public func createRetentionSession(
        customerId: String? = nil,
        customerEmail: String? = nil,
        subscriptionId: String? = nil,
        timeout: Duration? = nil,
        maxRetries: Int? = nil
    ) async throws -> RetentionSession {
        let request = makeRequest(
            .retention,
            parameters: [
                "customerId": customerId, "customerEmail": customerEmail, "subscriptionId": subscriptionId,
            ],
            timeout: timeout, maxRetries: maxRetries)
        return RetentionSession(try await perform(request))
    }

    /// Creates a retention session from parameters and options by name, for names that are known only at run time.
    ///
    /// - Parameters:
    ///   - parameters: `"customerId"`, `"customerEmail"` and `"subscriptionId"`. An unknown name causes an error that
    ///     suggests the closest known name.
    ///   - options: `"timeout"`, as a `Duration` or a number of milliseconds, and `"maxRetries"`. Default: the
    ///     client's options.
    /// - Returns: The session. Send its `id` to the customer's page.
    /// - Throws: ``RenumerateError``, or `CancellationError` if the task is cancelled.
    public func createRetentionSession(
        parameters: [String: SettingValue], options: [String: SettingValue] = [:]
    ) async throws -> RetentionSession {
        RetentionSession(try await perform(makeRequest(.retention, parameters: parameters, options: options)))
    }
}
