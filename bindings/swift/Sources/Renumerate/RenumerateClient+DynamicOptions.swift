extension RenumerateClient {
    /// Mints a retention session. Parameters and options are passed by name, for names known only at run time.
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

    /// Mints a subscription session. Parameters and options are passed by name, for names known only at run time.
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
