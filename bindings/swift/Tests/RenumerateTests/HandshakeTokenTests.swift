import Foundation
import Renumerate
import Testing

/// Public key of clients in tests.
let publicKey = "pk_sandbox_local"

/// Content of a token that tests compare. The test cases in `tests/vectors` check the whole content and the signature.
struct TokenPayload: Decodable, Equatable {
    let brandPub: String
    let subscriberId: String

    init(brandPub: String, subscriberId: String) {
        self.brandPub = brandPub
        self.subscriberId = subscriberId
    }

    init(token: String) throws {
        let part = try #require(token.split(separator: ".").first)
        let base64 = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        let json = try #require(Data(base64Encoded: base64 + padding))
        self = try JSONDecoder().decode(Self.self, from: json)
    }
}

/// Tests of handshake tokens. The test cases in `tests/vectors` test their form and the refusals.
@Suite(.timeLimit(.minutes(1)))
struct HandshakeTokenTests {
    private let key = "sk_sandbox_local"

    @Test
    func tokenNamesBrandAndCustomerAndExpiresIn5Minutes() throws {
        let before = Date.now
        let client = try RenumerateClient(privateKey: key, publicKey: publicKey)
        let token = try client.createHandshakeToken(customerId: "cus_1")
        #expect(try TokenPayload(token: token.token) == TokenPayload(brandPub: publicKey, subscriberId: "cus_1"))
        #expect(token.expiresAt > before.addingTimeInterval(299.9))
        #expect(token.expiresAt < Date.now.addingTimeInterval(300.1))
    }

    // Rules: T5
    @Test
    func onlyJSONAndThePropertyContainTheToken() throws {
        let token = HandshakeToken(token: "eyJ.planted", expiresAt: Date(timeIntervalSince1970: 0))
        let printed = representations(token)
        #expect(!printed.contains("planted"))
        #expect(printed.contains("HandshakeToken(token: …, expiresAt: 1970-01-01"))
        #expect(String(decoding: try JSONEncoder().encode(token), as: UTF8.self) == #"{"token":"eyJ.planted"}"#)
        #expect(token == HandshakeToken(token: "eyJ.planted", expiresAt: token.expiresAt))
        #expect(token != HandshakeToken(token: "eyJ.planted"))
    }

    /// The method has typed throws, so this compiles without a general `catch`.
    @Test
    func errorNamesTheMissingKey() throws {
        let client = try RenumerateClient(privateKey: key)
        do {
            _ = try client.createHandshakeToken(customerId: "cus_1")
            Issue.record("no error was thrown")
        } catch {
            #expect(error.field == "publicKey")
            #expect(error.message.contains("RENUMERATE_PUBLIC_KEY"))
        }
    }
}
