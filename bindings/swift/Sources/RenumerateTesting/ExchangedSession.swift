import Foundation

/// A session that a handshake token was exchanged for. Its description masks the id.
public struct ExchangedSession: Sendable, Hashable {
    /// The session id, `r10_…`. It opens the widgets of the customer.
    public let id: String
    /// The time after which the id opens no widget.
    public let expiresAt: Date
}

extension ExchangedSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A description in which the id is masked.
    public var description: String { "ExchangedSession(id: \(id.prefix(4))…, expiresAt: \(expiresAt))" }

    /// The same text as `description`.
    public var debugDescription: String { description }

    /// A mirror that omits the id.
    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}

extension SandboxProcess {
    /// The body of the response to an exchange, if the exchange succeeds.
    private struct SessionResponse: Decodable {
        struct Session: Decodable {
            let sessionId: String
            let expiresAt: Double
        }
        let session: Session
    }

    /// Exchanges a handshake token. ``SandboxServer/exchange(_:)`` describes the errors.
    func exchange(_ token: String) async throws -> ExchangedSession {
        let body = try JSONEncoder().encode(["handshakeToken": token])
        let response = try await respond("POST", "/v1/session/exchange", body)
        if response.status == 200,
            let session = try? JSONDecoder().decode(SessionResponse.self, from: response.data).session
        {
            let expiresAt = Date(timeIntervalSince1970: session.expiresAt)
            return ExchangedSession(id: session.sessionId, expiresAt: expiresAt)
        }
        let message = response.errorMessage ?? "the response contains no session"
        let note = response.note.map { "; \($0)" } ?? ""
        throw SandboxError(
            description: "could not exchange the token: \(message) (status \(response.status))\(note)")
    }
}
