#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A handshake token, which the browser exchanges for a session of the customer.
///
/// The service accepts it once, within 5 minutes. Its description masks the token. `Encodable` encodes it in the form that
/// the page expects: `{"token": "…"}`.
public struct HandshakeToken: Sendable, Encodable, Hashable {
    /// The token in plain text.
    ///
    /// It is a bearer credential: whoever has it can open the customer's widgets. Send it only to the page of that
    /// customer, and do not cache or log it.
    public let token: String

    /// The time after which the service rejects the token: 5 minutes after its creation. The JSON form does not include
    /// it.
    public let expiresAt: Date

    /// Creates a token for your own tests. The browser can exchange only a token that a client has created.
    ///
    /// - Parameters:
    ///   - token: The token in plain text.
    ///   - expiresAt: The time after which it is rejected. Default: in 5 minutes.
    public init(token: String, expiresAt: Date = Date(timeIntervalSinceNow: 300)) {
        self.token = token
        self.expiresAt = expiresAt
    }

    private enum CodingKeys: CodingKey { case token }
}

extension HandshakeToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A description in which the token is masked.
    public var description: String { "HandshakeToken(token: …, expiresAt: \(expiresAt))" }

    /// The same text as `description`.
    public var debugDescription: String { description }

    /// A mirror that omits the token.
    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}

extension RenumerateClient {
    /// Creates a handshake token, which the browser exchanges for a session of the customer.
    ///
    /// The token is signed on the calling thread, without network I/O. The client's `publicKey` must be set. Serve the
    /// token at `GET /api/renumerate-token`, to the customer that your backend has authenticated. The vendor's
    /// [installation guide](https://renumerate.com/docs/installation) describes the page.
    ///
    /// - Parameter customerId: The customer's Stripe id, `cus_…`. The vendor's samples call it `subscriberId`.
    /// - Returns: The token, which is valid for 5 minutes. Send it to the customer's page.
    /// - Throws: ``RenumerateError/validation(_:)`` if the id is invalid, ``RenumerateError/configuration(_:)`` if the
    ///   public key is missing or a key is unsuitable, such as swapped keys, or ``RenumerateError/closed(_:)``.
    public func createHandshakeToken(customerId: String) throws(RenumerateError) -> HandshakeToken {
        let outcome = try mapNativeErrors {
            try native.createHandshakeToken(customerId: .text(text: customerId), collectLogs: logger != nil)
        }
        switch outcome {
        case .created(let token, let expiresAt):
            let secondsSince1970 = Double(expiresAt) / 1e6
            return HandshakeToken(token: token, expiresAt: Date(timeIntervalSince1970: secondsSince1970))
        case .rejected(let failure, let logs):
            forward(logs)
            throw RenumerateError(failure)
        }
    }
}
