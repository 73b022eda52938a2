extension RenumerateClient {
    /// The same call with parameters and options by name, for those that come from elsewhere.
    ///
    /// - Parameters:
    ///   - parameters: What the call asks for, such as `"customerId"`. An unknown name is refused, with the nearest known one.
    ///   - options: `"timeout"`, as a `Duration` or a number of milliseconds, and `"maxRetries"`.
    /// - Returns: The session, whose `id` is for your page.
    /// - Throws: ``RenumerateError``, or `CancellationError` where the task is cancelled.
    public func createRetentionSession(
        parameters: [String: SettingValue], options: [String: SettingValue] = [:]
    ) async throws -> RetentionSession {
        RetentionSession(try await perform(makeRequest(subscription: false, parameters, options)))
    }

    /// The same call with parameters and options by name, for those that come from elsewhere.
    ///
    /// - Parameters:
    ///   - parameters: What the call asks for, such as `"customerId"`. An unknown name is refused, with the nearest known one.
    ///   - options: `"timeout"`, as a `Duration` or a number of milliseconds, and `"maxRetries"`.
    /// - Returns: The session, whose `id` is for your page.
    /// - Throws: ``RenumerateError``, or `CancellationError` where the task is cancelled.
    public func createSubscriptionSession(
        parameters: [String: SettingValue], options: [String: SettingValue] = [:]
    ) async throws -> SubscriptionSession {
        SubscriptionSession(try await perform(makeRequest(subscription: true, parameters, options)))
    }

    private func makeRequest(
        subscription: Bool, _ parameters: [String: SettingValue], _ options: [String: SettingValue]
    ) -> NativeRequest {
        NativeRequest(
            subscription: subscription, customerId: nil, customerEmail: nil, subscriptionId: nil, timeout: nil,
            maxRetries: nil, parameters: parameters.map { NativeSetting(name: $0, value: $1.native) },
            options: options.map { NativeSetting(name: $0, value: $1.native) }, listens: logger != nil)
    }
}
