import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// Returns all representations of a value.
func representations(_ value: Any) -> String {
    var text = "\(value) \(String(reflecting: value)) \(String(describing: [value]))"
    dump(value, to: &text)
    dump(["a": value], to: &text)
    reflect(Mirror(reflecting: value), &text)
    if let error = value as? any Error { text += error.localizedDescription }
    return text
}

private func reflect(_ mirror: Mirror, _ text: inout String) {
    for child in mirror.children {
        text += "\(child)"
        reflect(Mirror(reflecting: child.value), &text)
    }
}

/// Tests that keys and session ids are masked in printed values.
@Suite(.timeLimit(.minutes(1)))
struct SecretsTests {
    // Rules: X1
    @Test
    func keyIsMaskedInAllPrintedValues() async throws {
        let canaryKey = "sk_sandbox_planted_9f3a"
        try await withSandbox(privateKey: canaryKey) { sandbox in
            try await sandbox.script("cus_echo", .status(400).text("{\"error\":\"bad key \(canaryKey)\"}"))
            let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
            let client = try RenumerateClient(privateKey: canaryKey, baseUrl: sandbox.url) { log.yield($0) }
            var values: [Any] = [client, SettingValue.text(canaryKey)]
            values.append(try await client.createRetentionSession(customerId: "cus_1"))
            for customer in ["cus_echo", "cus_not_found", ""] {
                values.append(try await thrownError { try await client.createRetentionSession(customerId: customer) })
            }
            values.append(try await thrownError { try RenumerateClient(privateKey: "\(canaryKey) with space") })
            values.append(try await thrownError { try RenumerateClient(options: ["privateKy": .text(canaryKey)]) })
            values.append(try await thrownError { try RenumerateClient(options: ["timeout": .text(canaryKey)]) })
            client.close()
            values.append(client)
            log.finish()
            for await line in lines { values.append(line) }
            let text = values.map(representations).joined(separator: "\n")
            #expect(!text.contains("planted"))
            #expect(text.contains("bad key"), "the response with the key is missing")
            #expect(values.count >= 11)
        }
    }

    // Rules: X2, S18
    @Test
    func printedSessionMasksItsId() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            let email = "john.doe@example.com"
            let session = try await client.createRetentionSession(customerId: "cus_1", customerEmail: email)
            #expect(session.id.count > 64)
            let printed = representations(session)
            #expect(!printed.contains(session.id.dropFirst(4)))
            #expect(printed.contains("RetentionSession(id: ret_…, url: https://"))
            let hub = try await client.createSubscriptionSession(customerId: "cus_1")
            #expect("\(hub)".hasPrefix("SubscriptionSession(id: sub_…, url: "))
            #expect(!representations(hub).contains(hub.id.dropFirst(4)))
        }
    }

    @Test
    func idsAndURLsOfAnyFormatAreMasked() {
        #expect("\(RetentionSession(id: ""))" == "RetentionSession(id: …)")
        let sessions = [
            RetentionSession(id: "my-secret_token", url: "https://x.example/my-secret_token"),
            RetentionSession(id: "secret-id", url: "https://x.example/y?session_id=secret-id", requestId: "r1"),
        ]
        #expect(!representations(sessions).contains("secret"))
    }

    // Rules: X2
    @Test
    func codableRoundTripKeepsTheSession() throws {
        let session = RetentionSession(id: "ret_abc", url: "https://w.example/?session_id=ret_abc", requestId: "req_1")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(["session": session]), as: UTF8.self)
        let expected =
            #"{"session":{"id":"ret_abc","requestId":"req_1","url":"https://w.example/?session_id=ret_abc"}}"#
        #expect(json == expected)
        let decoded = try JSONDecoder().decode([String: RetentionSession].self, from: Data(json.utf8))
        #expect(decoded["session"] == session)
        let withoutRequestId = String(
            decoding: try encoder.encode(SubscriptionSession(id: "sub_1", url: "u")), as: UTF8.self)
        #expect(withoutRequestId == #"{"id":"sub_1","url":"u"}"#)
        #expect(try JSONDecoder().decode(SubscriptionSession.self, from: Data(withoutRequestId.utf8)).attempts == [])
    }
}
