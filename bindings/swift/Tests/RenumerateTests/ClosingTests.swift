import Renumerate
import RenumerateTesting
import Testing

/// Tests of closed clients.
@Suite(.timeLimit(.minutes(1)))
struct ClosingTests {
    // Rules: E13
    @Test
    func closedClientThrowsClosedError() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            _ = try await client.createRetentionSession(customerId: "cus_1")
            client.close()
            client.close()
            let failure = try await thrownError { try await client.createRetentionSession(customerId: "cus_1") }
            guard case .closed = failure else { throw failure }
            #expect(failure.code == "closed")
            let token = try await thrownError { try client.createHandshakeToken(customerId: "cus_1") }
            #expect(token.code == "closed")
            #expect(!failure.isRetryable && failure.attempts.isEmpty)
            #expect("\(client)" == "RenumerateClient(closed)")
            #expect(try await sandbox.requests().count == 1)
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func pendingCallCompletesAfterClose() async throws {
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
    func releasedClientClosesItsConnections() async throws {
        try await withSandbox { sandbox in
            try await {
                _ = try await sandbox.client().createRetentionSession(customerId: "cus_1")
            }()
            try await sandbox.awaitClosed()
        }
    }
}
