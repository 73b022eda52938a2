import Renumerate
import RenumerateTesting
import Testing

/// Tests of loggers.
@Suite(.timeLimit(.minutes(1)))
struct LoggerTests {
    // Rules: S18
    @Test
    func loggerReceivesEachAttemptWithoutSecrets() async throws {
        try await withSandbox { sandbox in
            let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
            let client = try sandbox.client { log.yield($0) }
            let email = "john.doe@example.com"
            let session = try await client.createRetentionSession(customerId: "cus_unstable", customerEmail: email)
            log.finish()
            let received = await lines.reduce(into: []) { $0.append($1) }
            let text = received.map(\.description).joined(separator: "\n")
            #expect(received.contains { $0.message.contains("status=503") })
            #expect(received.contains { $0.message.contains("status=200") })
            #expect(received.contains { $0.level == .debug })
            #expect(received.allSatisfy { $0.time > .seconds(1_700_000_000) })
            for secret in [sandbox.privateKey, session.id, email] { #expect(!text.contains(secret)) }
        }
    }

    @Test
    func failureIsLoggedInTheCallingTaskBeforeItIsThrown() async throws {
        try await withSandbox { sandbox in
            let (lines, log) = AsyncStream.makeStream(of: String.self)
            let client = try sandbox.client { log.yield("\(Caller.name): \($0.message)") }
            await Caller.$name.withValue("calling task") {
                await #expect(throws: RenumerateError.self) {
                    try await client.createRetentionSession(customerId: "cus_not_found")
                }
                await #expect(throws: RenumerateError.self) {
                    try await client.createSubscriptionSession(parameters: ["customerId": "cus_not_found"])
                }
            }
            log.finish()
            let received = await lines.reduce(into: []) { $0.append($1) }
            #expect(received.count { $0.hasPrefix("calling task: ") && $0.contains("status=404") } >= 2)
        }
    }

    private enum Caller {
        @TaskLocal static var name = "another task"
    }
}
