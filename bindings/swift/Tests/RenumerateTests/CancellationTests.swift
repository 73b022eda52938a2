import Renumerate
import RenumerateTesting
import Testing

/// Whoever no longer waits ends the request, as the server sees: its connection closes.
@Suite(.timeLimit(.minutes(2)))
struct CancellationTests {
    // Rules: E12
    @Test
    func aCancelledTaskClosesTheConnection() async throws {
        try await stalled { sandbox, client in
            let task = Task { try await client.createRetentionSession(customerId: never) }
            try await sandbox.awaitStalled()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func aTaskThatHasBeenCancelledSendsNothing() async throws {
        try await stalled { sandbox, client in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.createRetentionSession(customerId: "cus_1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let requests = try await sandbox.requests()
            #expect(requests.isEmpty)
        }
    }

    @Test
    func anAsyncLetThatLeavesItsScopeClosesTheConnection() async throws {
        try await stalled { sandbox, client in
            do {
                async let session = client.createRetentionSession(customerId: never)
                try await sandbox.awaitStalled()
                if try await sandbox.requests().count == 1 { throw Elsewhere() }
                _ = try await session
            } catch is Elsewhere {}
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func aGroupThatFailsClosesTheConnectionsOfItsCalls() async throws {
        try await stalled { sandbox, client in
            await #expect(throws: Elsewhere.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask { _ = try await client.createSubscriptionSession(customerId: never) }
                    }
                    group.addTask {
                        try await sandbox.awaitStalled(2)
                        throw Elsewhere()
                    }
                    for try await _ in group {}
                }
            }
            try await sandbox.awaitClosed(2)
        }
    }

    @Test
    func aCallThatWaitsForItsNextAttemptEndsAtOnce() async throws {
        try await stalled { sandbox, client in
            try await sandbox.script("cus_later", .status(503).header("retry-after", "40"))
            let clock = ContinuousClock()
            let began = clock.now
            let task = Task { try await client.createRetentionSession(customerId: "cus_later") }
            try await until { try await sandbox.requests().contains { $0.status == 503 } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(clock.now - began < .seconds(30))
        }
    }

    @Test
    func oneOfManyIsCancelledAndTheOthersGoOn() async throws {
        try await stalled { sandbox, client in
            try await sandbox.script("cus_later", .mint.delay(.milliseconds(300)))
            let lost = Task { try await client.createRetentionSession(customerId: never) }
            let others = (0..<8).map { _ in Task { try await client.createRetentionSession(customerId: "cus_later") } }
            try await sandbox.awaitStalled(9)
            lost.cancel()
            await #expect(throws: CancellationError.self) { try await lost.value }
            for other in others { #expect(try await other.value.id.hasPrefix("ret_")) }
        }
    }

    /// The moments are such that some calls have not begun, some are under way, and some have ended.
    @Test
    func callsCancelledAtAnyMomentEndOnceAndLeaveTheClientAsItWas() async throws {
        try await Lanes.alone {
            try await withSandbox { sandbox in
                try await sandbox.script("cus_1", .mint.delay(.milliseconds(3)))
                let client = try sandbox.client()
                let ends = try await ends(of: 1_000, client)
                print("cancellation: \(ends.sessions) sessions, \(ends.cancelled) cancelled")
                #expect(ends.sessions + ends.cancelled == 1_000)
                #expect(ends.sessions > 0 && ends.cancelled > 0)
                #expect(try await client.createRetentionSession(customerId: "cus_2").id.hasPrefix("ret_"))
            }
        }
    }

    private func ends(of count: Int, _ client: RenumerateClient) async throws -> (sessions: Int, cancelled: Int) {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                let call = Task { try await client.createRetentionSession(customerId: "cus_1") }
                group.addTask {
                    do { return try await call.value.id.hasPrefix("ret_") } catch is CancellationError { return false }
                }
                group.addTask {
                    try await Task.sleep(for: .microseconds(.random(in: 0..<12_000)))
                    call.cancel()
                    return false
                }
                if number % 64 == 63 { try await Task.sleep(for: .milliseconds(5)) }
            }
            let sessions = try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            return (sessions, count - sessions)
        }
    }

    private struct Elsewhere: Error {}

    private func stalled(_ body: (SandboxServer, RenumerateClient) async throws -> Void) async throws {
        try await Lanes.one {
            try await withSandbox { sandbox in
                try await sandbox.stall()
                try await body(sandbox, try sandbox.patientClient())
            }
        }
    }
}
