/// A request that a sandbox received, with the status of the response.
public struct ReceivedRequest: Sendable, Decodable, CustomStringConvertible {
    /// The HTTP method, such as `POST`.
    public let method: String
    /// The path with the query.
    public let path: String
    /// The headers by lower-case name, without the private key.
    public let headers: [String: String]
    /// The body as text, up to its first 64 KiB.
    public let body: String
    /// The HTTP status of the response, or 0 while there is no response.
    public let status: Int
    /// The time from the start of the sandbox to the arrival of the request.
    public let time: Duration
    /// The name of the case that defined the response, or `nil` if there was none. See ``SandboxServer/addCases(_:)``.
    public let caseName: String?
    /// The difference between the request and the request that the case expects, or `nil` if there is none.
    public let problem: String?
    /// The number of the connection that carried the request.
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

/// The kind and the customer of a session that a sandbox has created.
public struct MintedSession: Sendable, Decodable {
    /// `retention`, `subscription`, or `handshake` if a handshake token was exchanged for the session.
    public let kind: String
    /// The customer's id, or `nil` if the request had none.
    public let customerId: String?
    /// The customer's e-mail address, or `nil` if the request had none.
    public let customerEmail: String?
    /// The subscription's id, or `nil` if the request had none.
    public let subscriptionId: String?

    private enum CodingKeys: String, CodingKey {
        case kind
        case customerId = "customer_id"
        case customerEmail = "customer_email"
        case subscriptionId = "subscription_id"
    }
}
