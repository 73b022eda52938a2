import Renumerate

/// One call, with typed arguments if their types allow the values, otherwise by name.
struct SingleCall {
    private let client: RenumerateClient
    private let isSubscription: Bool
    private let parameters: [String: NamedValue]
    private let options: [String: NamedValue]

    init(_ command: Command, _ client: RenumerateClient) throws {
        self.client = client
        switch command.method {
        case "create_retention_session": isSubscription = false
        case "create_subscription_session": isSubscription = true
        default: throw Failure("unknown method \(command.method ?? "")")
        }
        parameters = command.parameters ?? [:]
        options = command.options ?? [:]
    }

    func make() async -> JSON {
        let began = ContinuousClock.now
        do {
            let session = try await isTyped ? makeTyped() : makeByName()
            return report(session, of: client, after: ContinuousClock.now - began)
        } catch {
            return report(error: error, of: client, after: ContinuousClock.now - began)
        }
    }

    private var isTyped: Bool {
        let names = ["customerId", "customerEmail"] + (isSubscription ? [] : ["subscriptionId"])
        return Set(parameters.keys).isSubset(of: names) && parameters.values.allSatisfy(\.isText)
            && Set(options.keys).isSubset(of: ["timeout", "maxRetries"]) && options.values.allSatisfy(\.isCount)
    }

    private func makeTyped() async throws -> any RenumerateSession {
        let (id, email) = (parameters["customerId"]?.string, parameters["customerEmail"]?.string)
        let (timeout, retries) = (options["timeout"]?.time, options["maxRetries"]?.count)
        if isSubscription {
            return try await client.createSubscriptionSession(
                customerId: id, customerEmail: email, timeout: timeout, maxRetries: retries)
        }
        return try await client.createRetentionSession(
            customerId: id, customerEmail: email, subscriptionId: parameters["subscriptionId"]?.string,
            timeout: timeout, maxRetries: retries)
    }

    private func makeByName() async throws -> any RenumerateSession {
        let (parameters, options) = (parameters.mapValues(\.setting), options.mapValues(\.setting))
        if isSubscription {
            return try await client.createSubscriptionSession(parameters: parameters, options: options)
        }
        return try await client.createRetentionSession(parameters: parameters, options: options)
    }
}

/// Creates a client, with typed arguments if their types allow the values, otherwise by name.
func openClient(_ options: [String: NamedValue], logger: (@Sendable (LogLine) -> Void)?) throws -> RenumerateClient {
    let times = ["timeout", "attemptTimeout", "connectTimeout"]
    let counts = ["maxRetries", "maxConnections"]
    let texts = ["privateKey", "baseUrl", "proxy", "caBundle", "appInfo", "widgetsBaseUrl", "publicKey"]
    let isTyped = options.allSatisfy { name, value in
        texts.contains(name) && value.isText || (times + counts).contains(name) && value.isCount
    }
    guard isTyped else { return try RenumerateClient(options: options.mapValues(\.setting), logger: logger) }
    return try RenumerateClient(
        privateKey: options["privateKey"]?.string, baseUrl: options["baseUrl"]?.string,
        timeout: options["timeout"]?.time, attemptTimeout: options["attemptTimeout"]?.time,
        connectTimeout: options["connectTimeout"]?.time, maxRetries: options["maxRetries"]?.count,
        maxConnections: options["maxConnections"]?.count,
        proxy: options["proxy"]?.string, caBundle: options["caBundle"]?.string,
        appInfo: options["appInfo"]?.string, widgetsBaseUrl: options["widgetsBaseUrl"]?.string,
        publicKey: options["publicKey"]?.string, logger: logger)
}

private func report(_ session: any RenumerateSession, of client: RenumerateClient, after took: Duration) -> JSON {
    [
        "session": [
            "id": .text(session.id), "url": .text(session.url), "request_id": JSON(session.requestId),
            "attempts": JSON(session.attempts.count),
        ],
        "seconds": JSON(took),
        "shown": .list((shown(session) + shown(client)).map(JSON.text)),
    ]
}

/// Reports an error of any type.
func report(error: any Error, of client: RenumerateClient? = nil, after took: Duration) -> JSON {
    let ours = error as? RenumerateError
    let fields: JSON = [
        "typed": .bool(ours != nil), "class": .text(ours?.className ?? "\(type(of: error))"), "code": JSON(ours?.code),
        "text": .text(ours?.message ?? "\(error)"), "retryable": .bool(ours?.isRetryable ?? false),
        "attempts": .number(Double(ours?.attempts.count ?? 0)), "message": JSON(ours?.reason),
        "body": JSON(ours?.response?.body), "status": JSON(ours?.status), "request_id": JSON(ours?.requestId),
        "phase": JSON(ours?.phase?.rawValue), "timeout": JSON(ours?.scope?.rawValue),
        "retry_after": JSON(ours?.retryAfter), "field": JSON(ours?.field), "host": JSON(ours?.host),
        "host_setting": JSON(ours?.hostSetting),
    ]
    let printed = shown(error) + (client.map(shown) ?? [])
    return ["error": fields, "seconds": JSON(took), "shown": .list(printed.map(JSON.text))]
}

extension RenumerateError {
    /// Name of the error's class in the test cases.
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

    fileprivate var response: Answer? {
        switch self {
        case .badRequest(let response), .authentication(let response), .notFound(let response),
            .rateLimited(let response), .server(let response), .api(let response), .unexpectedResponse(let response):
            response
        default: nil
        }
    }

    fileprivate var status: Int? {
        if case .network(let failure) = self { failure.status } else { response?.status }
    }

    fileprivate var field: String? {
        switch self {
        case .configuration(let details), .validation(let details): details.field
        default: nil
        }
    }

    fileprivate var phase: NetworkPhase? {
        switch self {
        case .network(let failure): failure.phase
        case .timeout(let timeout): timeout.phase
        default: nil
        }
    }

    fileprivate var scope: TimeoutScope? {
        if case .timeout(let timeout) = self { timeout.scope } else { nil }
    }
}
