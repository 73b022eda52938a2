extension RenumerateError {
    /// Creates the enum case for the kind of error that the core reports.
    init(_ failure: Failure) {
        switch failure {
        case .Failed(
            let kind, let code, let text, let reason, let retryable, let attempts, let field, let status, let requestId,
            let contentType, let body, let retryAfter, let phase, let scope):
            let details = Details(
                code: code, message: text, reason: reason, isRetryable: retryable,
                attempts: attempts.map { Attempt($0) }, requestId: requestId,
                retryAfter: retryAfter.map { Duration(milliseconds: $0) })
            let refusal = Refusal(field: field, details: details)
            let answer = Answer(status: Int(status ?? 0), contentType: contentType, body: body, details: details)
            let phase = phase.flatMap(NetworkPhase.init) ?? .connect
            let scope = scope.flatMap(TimeoutScope.init) ?? .total
            self =
                switch kind {
                case "ConfigurationError": .configuration(refusal)
                case "ValidationError": .validation(refusal)
                case "BadRequestError": .badRequest(answer)
                case "AuthenticationError": .authentication(answer)
                case "NotFoundError": .notFound(answer)
                case "RateLimitError": .rateLimited(answer)
                case "ServerError": .server(answer)
                case "NetworkError": .network(NetworkFailure(phase: phase, details: details))
                case "RequestTimeoutError": .timeout(Timeout(scope: scope, details: details))
                case "UnexpectedResponseError": .unexpectedResponse(answer)
                default: .api(answer)
                }
        }
    }

    /// Creates the error for a bug in the native library. It is thrown, so that the bug does not crash the process.
    init(internalError: any Error) {
        let reason = "the native library has failed, which should be reported: \(internalError)"
        self = .configuration(
            Refusal(
                field: "runtime",
                details: Details(
                    code: "configuration", message: reason, reason: reason, isRetryable: false, attempts: [],
                    requestId: nil, retryAfter: nil)))
    }
}

/// Runs `body` and converts any error of the native library to the public error type.
func mapNativeErrors<T>(_ body: () throws -> T) throws(RenumerateError) -> T {
    do {
        return try body()
    } catch let failure as Failure {
        throw RenumerateError(failure)
    } catch {
        throw RenumerateError(internalError: error)
    }
}
