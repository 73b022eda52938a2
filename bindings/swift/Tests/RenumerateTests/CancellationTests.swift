import Renumerate
import RenumerateTesting
import Testing

/// Cancellation of a call closes its connection, which the server observes.
@Suite(.timeLimit(.minutes(2)))
struct CancellationTests {
    // Rules: E12
    @Test
    func cancelledTaskClosesTheConnection() async throws {
        try await stalled { sandbox, client in
            let task = Task { try await client.createRetentionSession(customerId: stalledCustomer) }
            try await sandbox.awaitStalled()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func callInACancelledTaskSendsNoRequest() async throws {
        try await stalled { sandbox, client in
            let task = Task {
                // SAFETY: the task is used only inside the closure.
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.createRetentionSession(customerId: "cus_1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let requests = try await sandbox.requests()
            #expect(requests.isEmpty)
            let invalid = Task {
                // SAFETY: the task is used only inside the closure.
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.createRetentionSession(customerId: "")
            }
            await #expect(throws: CancellationError.self) { try await invalid.value }
        }
    }

    @Test
    func asyncLetThatLeavesItsScopeClosesTheConnection() async throws {
        try await stalled { sandbox, client in
            do {
                async let session = client.createRetentionSession(customerId: stalledCustomer)
                try await sandbox.awaitStalled()
                if try await sandbox.requests().count == 1 { throw TestError() }
                _ = try await session
            } catch is TestError {}
            try await sandbox.awaitClosed()
        }
    }

    @Test
    func failedTaskGroupClosesTheConnectionsOfItsCalls() async throws {
        try await stalled { sandbox, client in
            await #expect(throws: TestError.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask { _ = try await client.createSubscriptionSession(customerId: stalledCustomer) }
                    }
                    group.addTask {
                        try await sandbox.awaitStalled(2)
                        throw TestError()
                    }
                    for try await _ in group {}
                }
            }
            try await sandbox.awaitClosed(2)
        }
    }

    @Test
    func cancellationEndsTheWaitBeforeARetry() async throws {
        try await stalled { sandbox, client in
            try await sandbox.script("cus_later", .status(503).header("retry-after", "40"))
            let clock = ContinuousClock()
            let start = clock.now
            let task = Task { try await client.createRetentionSession(customerId: "cus_later") }
            try await waitUntil { try await sandbox.requests().contains { $0.status == 503 } }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(clock.now - start < .seconds(30))
        }
    }

    @Test
    func cancellationDoesNotAffectOtherCalls() async throws {
        try await stalled { sandbox, client in
            try await sandbox.script("cus_later", .mint.delay(.milliseconds(300)))
            let cancelled = Task { try await client.createRetentionSession(customerId: stalledCustomer) }
            let others = (0..<8).map { _ in Task { try await client.createRetentionSession(customerId: "cus_later") } }
            try await sandbox.awaitStalled(9)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            for other in others { #expect(try await other.value.id.hasPrefix("ret_")) }
        }
    }

    /// Calls run in batches with increasing cancellation times. So calls are cancelled before, during and after their
    /// request on a machine of any speed.
    @Test
    func callsCancelledAtRandomTimesDoNotAffectLaterCalls() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                let client = try sandbox.client()
                var sessions = 0
                for batch in 0..<20 {
                    let latest = Duration.microseconds(500 << (batch % 10))
                    sessions += try await sessionsOfBatch(50, cancelledWithin: latest, client)
                }
                print("cancellation: \(sessions) of 1000 calls completed before it")
                #expect(sessions > 0 && sessions < 1_000)
                #expect(try await client.createRetentionSession(customerId: "cus_2").id.hasPrefix("ret_"))
            }
        }
    }

    /// Returns the number of calls with a session. All other calls must throw `CancellationError`.
    private func sessionsOfBatch(
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

    private struct TestError: Error {}

    private func stalled(_ body: (SandboxServer, RenumerateClient) async throws -> Void) async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                try await sandbox.stall()
                try await body(sandbox, try sandbox.longTimeoutClient())
            }
        }
    }
}
