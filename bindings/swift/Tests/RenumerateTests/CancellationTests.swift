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
                // SAFETY: the task is the one that runs this, and is not kept.
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.createRetentionSession(customerId: "cus_1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let requests = try await sandbox.requests()
            #expect(requests.isEmpty)
            let unlooked = Task {
                // SAFETY: the task is the one that runs this, and is not kept.
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.createRetentionSession(customerId: "")
            }
            await #expect(throws: CancellationError.self) { try await unlooked.value }
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

    /// In waves whose last moment is ever later: on a machine of any speed some calls have not begun, some are under way, and
    /// some have ended.
    @Test
    func callsCancelledAtAnyMomentEndOnceAndLeaveTheClientAsItWas() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                let client = try sandbox.client()
                var sessions = 0
                for wave in 0..<20 {
                    let latest = Duration.microseconds(500 << (wave % 10))
                    sessions += try await sessionsOfWave(50, cancelledWithin: latest, client)
                }
                print("cancellation: \(sessions) of 1000 calls had ended before")
                #expect(sessions > 0 && sessions < 1_000)
                #expect(try await client.createRetentionSession(customerId: "cus_2").id.hasPrefix("ret_"))
            }
        }
    }

    /// Returns how many of the calls have a session; every other one must say that it was cancelled, and each ends once.
    private func sessionsOfWave(
        _ count: Int, cancelledWithin latest: Duration, _ client: RenumerateClient
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<count {
                let call = Task { try await client.createRetentionSession(customerId: "cus_1") }
                group.addTask {
                    do { return try await call.value.id.hasPrefix("ret_") } catch is CancellationError { return false }
                }
                group.addTask {
                    try await Task.sleep(for: latest * Double.random(in: 0..<1))
                    call.cancel()
                    return false
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
    }

    private struct Elsewhere: Error {}

    private func stalled(_ body: (SandboxServer, RenumerateClient) async throws -> Void) async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                try await sandbox.stall()
                try await body(sandbox, try sandbox.patientClient())
            }
        }
    }
}
