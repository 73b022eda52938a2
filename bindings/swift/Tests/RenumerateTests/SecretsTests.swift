import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// The key is shown nowhere; a session's id where somebody asks for it.
@Suite(.timeLimit(.minutes(1)))
struct SecretsTests {
    /// All that can be made to tell of a thing.
    private func shown(_ thing: Any) -> String {
        var text = "\(thing) \(String(reflecting: thing)) \(String(describing: [thing]))"
        dump(thing, to: &text)
        dump(["a": thing], to: &text)
        reflect(Mirror(reflecting: thing), &text)
        if let error = thing as? any Error { text += error.localizedDescription }
        return text
    }

    private func reflect(_ mirror: Mirror, _ text: inout String) {
        for child in mirror.children {
            text += "\(child)"
            reflect(Mirror(reflecting: child.value), &text)
        }
    }

    // Rules: X1
    @Test
    func theKeyIsInNothingThatCanBePrinted() async throws {
        let planted = "sk_sandbox_planted_9f3a"
        try await withSandbox(privateKey: planted) { sandbox in
            try await sandbox.script("cus_echo", .status(400).text("{\"error\":\"bad key \(planted)\"}"))
            let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
            let client = try RenumerateClient(privateKey: planted, baseUrl: sandbox.url) { log.yield($0) }
            var things: [Any] = [client, SettingValue.text(planted)]
            things.append(try await client.createRetentionSession(customerId: "cus_1"))
            for customer in ["cus_echo", "cus_not_found", ""] {
                things.append(try await error { try await client.createRetentionSession(customerId: customer) })
            }
            things.append(try await error { try RenumerateClient(privateKey: "\(planted) with space") })
            things.append(try await error { try RenumerateClient(options: ["privateKy": .text(planted)]) })
            things.append(try await error { try RenumerateClient(options: ["timeout": .text(planted)]) })
            client.close()
            things.append(client)
            log.finish()
            for await line in lines { things.append(line) }
            let text = things.map(shown).joined(separator: "\n")
            #expect(!text.contains("planted"))
            #expect(text.contains("bad key"), "the echo was shown, and the key in it masked")
            #expect(things.count >= 11)
        }
    }

    // Rules: X2, S18
    @Test
    func aSessionMasksItsIdWhereItIsPrinted() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            let email = "john.doe@example.com"
            let session = try await client.createRetentionSession(customerId: "cus_1", customerEmail: email)
            #expect(session.id.count > 64)
            let printed = shown(session)
            #expect(!printed.contains(session.id.dropFirst(4)))
            #expect(printed.contains("RetentionSession(id: ret_…, url: https://"))
            let hub = try await client.createSubscriptionSession(customerId: "cus_1")
            #expect("\(hub)".hasPrefix("SubscriptionSession(id: sub_…, url: "))
            #expect(!shown(hub).contains(hub.id.dropFirst(4)))
        }
    }

    @Test
    func anOddSessionPrints() {
        #expect("\(RetentionSession(id: ""))" == "RetentionSession(id: …)")
        let odd = [
            RetentionSession(id: "my-secret_token", url: "https://x.example/my-secret_token"),
            RetentionSession(id: "secret-id", url: "https://x.example/y?session_id=secret-id", requestId: "r1"),
        ]
        #expect(!shown(odd).contains("secret"))
    }

    // Rules: X2
    @Test
    func codableCarriesASession() throws {
        let session = RetentionSession(id: "ret_abc", url: "https://w.example/?session_id=ret_abc", requestId: "req_1")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(["session": session]), as: UTF8.self)
        let expected =
            #"{"session":{"id":"ret_abc","requestId":"req_1","url":"https://w.example/?session_id=ret_abc"}}"#
        #expect(json == expected)
        let read = try JSONDecoder().decode([String: RetentionSession].self, from: Data(json.utf8))
        #expect(read["session"] == session)
        let bare = String(decoding: try encoder.encode(SubscriptionSession(id: "sub_1", url: "u")), as: UTF8.self)
        #expect(bare == #"{"id":"sub_1","url":"u"}"#)
        #expect(try JSONDecoder().decode(SubscriptionSession.self, from: Data(bare.utf8)).attempts == [])
    }
}
