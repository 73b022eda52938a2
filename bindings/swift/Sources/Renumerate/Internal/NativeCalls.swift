extension RenumerateClient {
    /// Performs the call. UniFFI does not report task cancellation to the native library, so a cancellation handler
    /// cancels the native call. The logger receives the lines on the calling task, after the call has ended.
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
            throw (error as? Failure).map { RenumerateError($0) } ?? RenumerateError(internalError: error)
        }
        if let logger { outcome.logs.forEach { logger(LogLine($0)) } }
        if let session = outcome.session { return session }
        if let failure = outcome.failure { throw RenumerateError(failure) }
        throw CancellationError()
    }
}

extension NativeRequest {
    /// Creates a request with typed parameters.
    init(
        subscription: Bool, customerId: String?, customerEmail: String?, subscriptionId: String?, timeout: Duration?,
        maxRetries: Int?, listens: Bool
    ) {
        self.init(
            subscription: subscription, customerId: customerId, customerEmail: customerEmail,
            subscriptionId: subscriptionId, timeout: timeout?.milliseconds,
            maxRetries: maxRetries.map(Int32.init(clamping:)),
            parameters: [], options: [], listens: listens)
    }
}
