extension RenumerateError {
    /// Creates the enum case for the kind of error that the native library reports. The `switch` has no `default`, so
    /// that the compiler reports an error if a new kind is added but not handled here.
    init(_ failure: Failure) {
        switch failure {
        case .Failed(
            let kind, let code, let text, let reason, let hints, let host, let hostSetting, let cause, let retryable,
            let attempts, let field, let status, let requestId, let contentType, let body, let retryAfter, let phase,
            let scope):
            let details = Details(
                code: code, message: text, reason: reason, hints: hints, host: host, hostSetting: hostSetting,
                cause: cause, isRetryable: retryable,
                attempts: attempts.map { Attempt($0) }, requestId: requestId,
                retryAfter: retryAfter.map { Duration(milliseconds: $0) })
            let refusal = Refusal(field: field, details: details)
            let answer = Answer(status: Int(status ?? 0), contentType: contentType, body: body, details: details)
            let phase = phase.flatMap(NetworkPhase.init)
            let scope = scope.flatMap(TimeoutScope.init) ?? .total
            self =
                switch kind {
                case .configuration: .configuration(refusal)
                case .validation: .validation(refusal)
                case .badRequest: .badRequest(answer)
                case .authentication: .authentication(answer)
                case .notFound: .notFound(answer)
                case .rateLimited: .rateLimited(answer)
                case .server: .server(answer)
                case .api: .api(answer)
                case .network:
                    .network(
                        NetworkFailure(phase: phase ?? .connect, status: status.map { Int($0) }, details: details))
                case .timeout: .timeout(Timeout(scope: scope, phase: phase, details: details))
                case .unexpectedResponse: .unexpectedResponse(answer)
                case .closed: .closed(details)
                case .internal: .internal(details)
                }
        }
    }

    /// Creates the public error for an error that the generated code has thrown. If it is not a `Failure`, this library
    /// has a bug. Such a bug is reported as an error, so that it does not crash the process.
    init(nativeError: any Error) {
        if let failure = nativeError as? Failure {
            self = RenumerateError(failure)
        } else {
            let hint = "this is a bug of the Renumerate SDK; please report it"
            self = .internal(
                Details(code: "internal", reason: "the native library has failed: \(nativeError)", hint: hint))
        }
    }
}

extension RenumerateError.Details {
    /// Creates the properties of an error that does not come from the native library.
    fileprivate init(code: String, reason: String, hint: String) {
        self.init(
            code: code, message: "\(reason); \(hint)", reason: reason, hints: [hint], host: nil, hostSetting: nil,
            cause: nil, isRetryable: false, attempts: [], requestId: nil, retryAfter: nil)
    }
}

/// Checks that the native library matches this package. If it does not match, the package was built with an outdated
/// library. The developer can correct this, so the error is a configuration error.
func checkNativeLibrary() throws(RenumerateError) {
    do {
        try uniffiEnsureRenumerateUniffiInitialized()
    } catch {
        let details = RenumerateError.Details(
            code: "configuration", reason: "the native library cannot be used: \(error)",
            hint: "use the library that was built with this package")
        throw RenumerateError.configuration(RenumerateError.Refusal(field: "native library", details: details))
    }
}

/// Runs `body` and converts any error of the generated code to the public error type.
func mapNativeErrors<T>(_ body: () throws -> T) throws(RenumerateError) -> T {
    do {
        return try body()
    } catch {
        throw RenumerateError(nativeError: error)
    }
}
