import Renumerate

/// Whether what came of a call is what its case expects.
struct Judgement {
    private let outcome: JSON

    init(_ outcome: JSON) { self.outcome = outcome }

    func judge(_ seen: Result<any RenumerateSession, RenumerateError>) throws {
        switch seen {
        case .success(let session):
            guard let expected = outcome["session"] else {
                throw Difference(description: "there is a session where an error should be")
            }
            try same(session, expected)
        case .failure(let error):
            guard let expected = outcome["error"] else { throw Difference(description: "there is an error: \(error)") }
            try same(error, expected)
            try sameText(error.message, expected)
        }
    }

    private func same(_ seen: any RenumerateSession, _ expected: JSON) throws {
        try Difference.check("id", seen.id, expected["id"]?.string ?? "")
        try Difference.check("url", seen.url, expected["url"]?.string ?? seen.url)
        try Difference.check("request id", seen.requestId, expected["request_id"]?.string)
        try Difference.check("attempts", seen.attempts.count, expected["attempts"]?.int ?? -1)
    }

    private func same(_ seen: RenumerateError, _ expected: JSON) throws {
        try Difference.check("class", seen.className, expected["class"]?.string ?? "")
        try Difference.check("code", seen.code, expected["code"]?.string ?? "")
        try Difference.check("retryable", seen.isRetryable, expected["retryable"]?.isTrue ?? false)
        try Difference.check("attempts", seen.attempts.count, expected["attempts"]?.int ?? -1)
        try Difference.check("status", seen.answer?.status, expected["status"]?.int)
        try Difference.check("field", seen.refusal?.field, expected["field"]?.string.map(Vectors.camelCase))
        try Difference.check("request id", seen.requestId, expected["request_id"]?.string)
        try Difference.check("phase", seen.networkFailure?.phase.rawValue, expected["phase"]?.string)
        try Difference.check("timeout", seen.timeout?.scope.rawValue, expected["timeout"]?.string)
        let retryAfter = expected["retry_after"]?.double.map { Duration.milliseconds($0 * 1e3) }
        try Difference.check("retry after", seen.retryAfter, retryAfter)
        if let reason = expected["message"]?.string { try Difference.check("reason", seen.reason, reason) }
        if expected.members["body"] != nil {
            try Difference.check("body", seen.answer?.body, expected["body"]?.string)
        }
    }

    /// Names stand in the text in this language's form, but for those that the service wrote.
    private func sameText(_ text: String, _ expected: JSON) throws {
        func says(_ part: String) -> Bool {
            [part, Vectors.camelCase(part)].contains { $0.isEmpty || text.contains($0) }
        }
        for part in (expected["says"]?.items ?? []).compactMap(\.string) where !says(part) {
            throw Difference(description: "\"\(text)\" does not say \"\(part)\"")
        }
        for part in (expected["omits"]?.items ?? []).compactMap(\.string) where says(part) {
            throw Difference(description: "\"\(text)\" says \"\(part)\"")
        }
        try Difference.check("lines of \"\(text)\"", text.split(separator: "\n").count, 1)
    }
}

extension RenumerateError {
    /// The name of its class in the cases.
    fileprivate var className: String {
        switch self {
        case .configuration: "ConfigurationError"
        case .validation: "ValidationError"
        case .badRequest: "BadRequestError"
        case .authentication: "AuthenticationError"
        case .notFound: "NotFoundError"
        case .rateLimited: "RateLimitError"
        case .server: "ServerError"
        case .api: "ApiError"
        case .network: "NetworkError"
        case .timeout: "RequestTimeoutError"
        case .unexpectedResponse: "UnexpectedResponseError"
        case .closed: "ClosedError"
        case .internal: "InternalError"
        }
    }

    fileprivate var refusal: Refusal? {
        switch self {
        case .configuration(let refusal), .validation(let refusal): refusal
        default: nil
        }
    }

    fileprivate var answer: Answer? {
        switch self {
        case .badRequest(let answer), .authentication(let answer), .notFound(let answer), .rateLimited(let answer),
            .server(let answer), .api(let answer), .unexpectedResponse(let answer):
            answer
        default: nil
        }
    }

    fileprivate var networkFailure: NetworkFailure? {
        if case .network(let failure) = self { failure } else { nil }
    }

    fileprivate var timeout: Timeout? {
        if case .timeout(let timeout) = self { timeout } else { nil }
    }
}
