/// A session that opens the cancel flow: `showRetentionView(id)`, `mountCancelButton(el, id)`.
public struct RetentionSession: RenumerateSession {
    public let id: String
    public let url: String
    public let requestId: String?
    public private(set) var attempts: [Attempt] = []

    /// Creates a session for your own tests. Only a session minted by the service opens a widget.
    ///
    /// - Parameters:
    ///   - id: The session id, `ret_…`.
    ///   - url: The URL of the widget. Default: empty.
    ///   - requestId: The id that the service gave the request. Default: `nil`.
    ///   - attempts: The attempts of the call. Default: none.
    public init(id: String, url: String = "", requestId: String? = nil, attempts: [Attempt] = []) {
        self.id = id
        self.url = url
        self.requestId = requestId
        self.attempts = attempts
    }

    private enum CodingKeys: CodingKey { case id, url, requestId }
}

extension RetentionSession {
    init(_ native: NativeSession) {
        self.init(
            id: native.id, url: native.url, requestId: native.requestId, attempts: native.attempts.map(Attempt.init))
    }
}
