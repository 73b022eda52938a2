import Renumerate

/// One call, as it is told.
struct Single {
    private let client: RenumerateClient
    private let isSubscription: Bool
    private let parameters: [String: SettingValue]
    private let options: [String: SettingValue]

    init(_ command: Command, _ client: RenumerateClient) throws {
        self.client = client
        switch command.method {
        case "create_retention_session": isSubscription = false
        case "create_subscription_session": isSubscription = true
        default: throw Failure("no method \(command.method ?? "is named")")
        }
        parameters = translated(command.parameters ?? [:])
        options = translated(command.options ?? [:])
    }

    func make() async throws -> JSON {
        let began = ContinuousClock.now
        do {
            let session: any RenumerateSession =
                if isSubscription {
                    try await client.createSubscriptionSession(parameters: parameters, options: options)
                } else {
                    try await client.createRetentionSession(parameters: parameters, options: options)
                }
            let took = ContinuousClock.now - began
            return answer(session, of: client, after: took)
        } catch {
            return answer(to: error, of: client, after: ContinuousClock.now - began)
        }
    }
}

private func answer(_ session: any RenumerateSession, of client: RenumerateClient, after took: Duration) -> JSON {
    [
        "session": [
            "id": .text(session.id), "request_id": JSON(session.requestId), "attempts": JSON(session.attempts.count),
        ],
        "seconds": JSON(took),
        "shown": .list((shown(session) + shown(client)).map(JSON.text)),
    ]
}

/// Any error, the package's or not.
func answer(to error: any Error, of client: RenumerateClient? = nil, after took: Duration) -> JSON {
    let ours = error as? RenumerateError
    let fields: JSON = [
        "code": JSON(ours?.code), "typed": .bool(ours != nil), "text": .text(ours?.message ?? "\(error)"),
        "retryable": ours.map { .bool($0.isRetryable) } ?? .null, "attempts": JSON(ours?.attempts.count),
        "status": JSON(ours?.status), "phase": JSON(ours?.phase?.rawValue), "timeout": JSON(ours?.scope?.rawValue),
        "retry_after": JSON(ours?.retryAfter), "field": JSON(ours?.field),
    ]
    let printed = shown(error) + (client.map(shown) ?? [])
    return ["error": fields, "seconds": JSON(took), "shown": .list(printed.map(JSON.text))]
}

extension RenumerateError {
    fileprivate var status: Int? {
        switch self {
        case .badRequest(let answer), .authentication(let answer), .notFound(let answer), .rateLimited(let answer),
            .server(let answer), .api(let answer), .unexpectedResponse(let answer):
            answer.status
        default: nil
        }
    }

    fileprivate var field: String? {
        switch self {
        case .configuration(let refusal), .validation(let refusal): refusal.field
        default: nil
        }
    }

    fileprivate var phase: NetworkPhase? {
        if case .network(let failure) = self { failure.phase } else { nil }
    }

    fileprivate var scope: TimeoutScope? {
        if case .timeout(let timeout) = self { timeout.scope } else { nil }
    }
}
