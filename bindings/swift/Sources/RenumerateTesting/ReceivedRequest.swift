/// A request that came to a sandbox, and how it was answered.
public struct ReceivedRequest: Sendable, Decodable, CustomStringConvertible {
    /// The method, `POST`.
    public let method: String
    /// The path with its query.
    public let path: String
    /// The headers by lower-case name, but for the key.
    public let headers: [String: String]
    /// The body as text.
    public let body: String
    /// The status of the answer; 0 while there is none.
    public let status: Int
    /// When it came, since the sandbox started.
    public let time: Duration
    /// The case or the script that answered it.
    public let caseName: String?
    /// How the request differs from what its case expects.
    public let problem: String?
    /// The number of the connection that it came on.
    public let connection: Int
    /// Whether that connection is closed.
    public let isClosed: Bool

    public var description: String { "\(method) \(path): \(status)" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decode(String.self, forKey: .method)
        path = try container.decode(String.self, forKey: .path)
        headers = try container.decode([String: String].self, forKey: .headers)
        body = try container.decode(String.self, forKey: .body)
        status = try container.decode(Int.self, forKey: .status)
        time = .microseconds(Int64(try container.decode(Double.self, forKey: .time) * 1e3))
        caseName = try container.decodeIfPresent(String.self, forKey: .caseName)
        problem = try container.decodeIfPresent(String.self, forKey: .problem)
        connection = try container.decode(Int.self, forKey: .connection)
        isClosed = try container.decode(Bool.self, forKey: .isClosed)
    }

    private enum CodingKeys: String, CodingKey {
        case method, path, headers, body, status, problem, connection
        case time = "at_ms"
        case caseName = "case"
        case isClosed = "closed"
    }
}

/// What a session id stands for.
public struct MintedSession: Sendable, Decodable {
    /// `retention` or `subscription`.
    public let kind: String
    /// The customer's id.
    public let customerId: String?
    /// The customer's e-mail address.
    public let customerEmail: String?
    /// The subscription.
    public let subscriptionId: String?

    private enum CodingKeys: String, CodingKey {
        case kind
        case customerId = "customer_id"
        case customerEmail = "customer_email"
        case subscriptionId = "subscription_id"
    }
}
