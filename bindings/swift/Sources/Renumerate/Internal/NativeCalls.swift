extension RenumerateClient {
    /// Starts a call in the native library and awaits its outcome. The code that UniFFI generates does not pass task
    /// cancellation on to the native library, so a cancellation handler cancels the native call. After the call has
    /// ended, the logger receives the log lines on the calling task.
    func perform(_ request: NativeRequest) async throws -> NativeSession {
        try Task.checkCancellation()
        let call = try mapNativeErrors { try native.start(request: request) }
        let outcome: NativeOutcome
        do {
            outcome = try await withTaskCancellationHandler {
                try await call.result()
            } onCancel: {
                call.cancel()
            }
        } catch {
            throw RenumerateError(nativeError: error)
        }
        forward(outcome.logs)
        if let session = outcome.session { return session }
        if let failure = outcome.failure { throw RenumerateError(failure) }
        throw CancellationError()
    }

    /// Passes log lines to the logger, if there is one.
    func forward(_ lines: [NativeLogLine]) {
        if let logger { lines.forEach { logger(LogLine($0)) } }
    }

    /// Creates a request from typed parameters and options. Parameters and options that are `nil` are omitted.
    func makeRequest(
        _ kind: NativeEndpointKind, parameters: KeyValuePairs<String, String?>, timeout: Duration?, maxRetries: Int?
    ) -> NativeRequest {
        let parameters = parameters.map { (key: $0.key, value: SettingValue($0.value)) }
        let options: KeyValuePairs<String, SettingValue> = [
            "timeout": SettingValue(timeout), "maxRetries": SettingValue(maxRetries),
        ]
        return makeRequest(
            kind, parameters: parameters.filter { $0.value != .absent }, options: options.filter { $0.value != .absent }
        )
    }

    /// Creates a request from parameters and options that the caller has set by name.
    func makeRequest(
        _ kind: NativeEndpointKind, parameters: some Sequence<(key: String, value: SettingValue)>,
        options: some Sequence<(key: String, value: SettingValue)>
    ) -> NativeRequest {
        NativeRequest(
            kind: kind, parameters: parameters.map { NativeSetting(name: $0.key, value: $0.value.native) },
            options: options.map { NativeSetting(name: $0.key, value: $0.value.native) }, collectLogs: logger != nil)
    }
}
