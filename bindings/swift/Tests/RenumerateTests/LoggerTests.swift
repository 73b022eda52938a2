import Renumerate
import RenumerateTesting
import Testing

/// Tests of loggers.
@Suite(.timeLimit(.minutes(1)))
struct LoggerTests {
    // Rules: S18
    @Test
    func loggerReceivesAttemptsAndCallsWithoutSecrets() async throws {
        try await withSandbox { sandbox in
            let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
            let client = try sandbox.client { log.yield($0) }
            let email = "john.doe@example.com"
            let session = try await client.createRetentionSession(customerId: "cus_unstable", customerEmail: email)
            log.finish()
            let received = await lines.reduce(into: []) { $0.append($1) }
            let text = received.map(\.description).joined(separator: "\n")
            let attempts = received.filter { $0.event == "attempt ended" }
            #expect(attempts.map { $0.fields["attempt"] } == [.number(1), .number(2)])
            #expect(attempts.map { $0.fields["status"] } == [.number(503), .number(200)])
            let end = try #require(received.last)
            #expect(end.event == "call succeeded" && end.level == .debug && end.fields["outcome"] == .text("success"))
            for line in received {
                #expect(line.fields["call_id"] == end.fields["call_id"])
                #expect(line.fields["endpoint"] == .text("retention"))
                #expect(line.fields["host"] == .text(String(sandbox.url.dropFirst("http://".count))))
                #expect(line.message.hasPrefix("renumerate: \(line.event) call_id="))
            }
            // The lines arrive together after the call, with the times of their events.
            let retry = try #require(received.first { $0.event == "retrying request" })
            guard case .number(let wait) = retry.fields["wait_ms"] else { throw MissingField() }
            #expect(retry.time > .seconds(1_700_000_000) && attempts[1].time - retry.time >= .milliseconds(wait))
            for secret in [sandbox.privateKey, session.id, email] { #expect(!text.contains(secret)) }
        }
    }

    @Test(arguments: [
        ("cus_not_found", LogLine.Level.info, "not_found"), ("", .info, "validation"),
        ("cus_server_error", .warning, "server"),
    ])
    func failedCallIsLoggedOnceAndItsLevelDependsOnTheError(
        customer: String, level: LogLine.Level, outcome: String
    ) async throws {
        try await withSandbox { sandbox in
            let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
            let client = try sandbox.client { log.yield($0) }
            await #expect(throws: RenumerateError.self) {
                try await client.createRetentionSession(customerId: customer)
            }
            log.finish()
            let ends = await lines.reduce(into: []) { $0.append($1) }.filter { $0.event == "call failed" }
            #expect(ends.map(\.level) == [level] && ends.map { $0.fields["outcome"] } == [.text(outcome)])
        }
    }

    // Rules: S18, E13
    @Test
    func callOfAClosedClientIsLogged() async throws {
        let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
        let client = try RenumerateClient(privateKey: "sk_test_planted", logger: { log.yield($0) })
        client.close()
        await #expect(throws: RenumerateError.self) { try await client.createRetentionSession(customerId: "cus_1") }
        log.finish()
        let received = await lines.reduce(into: []) { $0.append($1) }
        #expect(received.map { $0.fields["outcome"] } == [.text("closed")])
    }

    // Rules: S18
    @Test
    func tokenThatCannotBeCreatedIsLoggedOnce() async throws {
        let (lines, log) = AsyncStream.makeStream(of: LogLine.self)
        let client = try RenumerateClient(privateKey: "sk_test_planted", logger: { log.yield($0) })
        for customer in ["cus_1", ""] {
            #expect(throws: RenumerateError.self) { try client.createHandshakeToken(customerId: customer) }
        }
        let withKeys = try RenumerateClient(
            privateKey: "sk_test_planted", publicKey: "pk_test_planted", logger: { log.yield($0) })
        _ = try withKeys.createHandshakeToken(customerId: "cus_1")  // logs nothing
        log.finish()
        let received = await lines.reduce(into: []) { $0.append($1) }
        #expect(received.map(\.event) == ["token failed", "token failed"])
        #expect(received.map(\.level) == [.warning, .info])
        let withoutKey: [String: LogLine.Value] = ["outcome": .text("configuration"), "setting": .text("public_key")]
        #expect(received.map(\.fields) == [withoutKey, ["outcome": .text("validation")]])
    }

    private struct MissingField: Error {}

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
