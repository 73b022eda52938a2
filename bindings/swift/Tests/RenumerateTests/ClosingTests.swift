import Renumerate
import RenumerateTesting
import Testing

/// The end of a client.
@Suite(.timeLimit(.minutes(1)))
struct ClosingTests {
    // Rules: E13
    @Test
    func aClosedClientMakesNoMoreCalls() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            _ = try await client.createRetentionSession(customerId: "cus_1")
            client.close()
            client.close()
            let refused = try await error { try await client.createRetentionSession(customerId: "cus_1") }
            guard case .closed = refused else { throw refused }
            #expect(refused.code == "closed")
            #expect(!refused.isRetryable && refused.attempts.isEmpty)
            #expect("\(client)" == "RenumerateClient(closed)")
            #expect(try await sandbox.requests().count == 1)
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func aCallThatIsUnderWayEndsAsItWould() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_slow", .mint.delay(.milliseconds(200)))
            let client = try sandbox.client()
            let task = Task { try await client.createRetentionSession(customerId: "cus_slow") }
            try await sandbox.awaitStalled()
            client.close()
            #expect(try await task.value.id.hasPrefix("ret_"))
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func aClientThatNobodyHoldsLetsItsConnectionsGo() async throws {
        try await withSandbox { sandbox in
            try await {
                _ = try await sandbox.client().createRetentionSession(customerId: "cus_1")
            }()
            try await sandbox.awaitClosed()
        }
    }
}
