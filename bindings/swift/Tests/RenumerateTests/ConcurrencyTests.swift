import Renumerate
import RenumerateTesting
import Testing

/// Concurrent use of a client.
@Suite(.timeLimit(.minutes(2)))
struct ConcurrencyTests {
    @Test
    func concurrentTasksGetTheirOwnSessions() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                let client = try sandbox.client()
                let ids = try await withThrowingTaskGroup(of: (String, String).self) { group in
                    for number in 0..<1_000 {
                        group.addTask {
                            let customer = "cus_\(number)"
                            return (customer, try await client.createRetentionSession(customerId: customer).id)
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                #expect(Set(ids.values).count == 1_000)
                for (customer, id) in ids { #expect(try await sandbox.session(id).customerId == customer) }
                #expect(try await sandbox.requests().count == 1_000)
            }
        }
    }

    private actor Shop {
        private let client: RenumerateClient
        private(set) var minted: [String] = []

        init(_ client: RenumerateClient) { self.client = client }

        func cancel(_ customer: String) async throws {
            minted.append(try await client.createRetentionSession(customerId: customer).id)
        }

        func manage(_ customer: String) async throws {
            minted.append(try await client.createSubscriptionSession(customerId: customer).id)
        }
    }

    @Test
    func actorsShareAClient() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            let shops = (0..<8).map { _ in Shop(client) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for shop in shops {
                    group.addTask { for number in 0..<20 { try await shop.cancel("cus_\(number)") } }
                    group.addTask { for number in 0..<20 { try await shop.manage("cus_\(number)") } }
                }
                try await group.waitForAll()
            }
            for shop in shops {
                let minted = await shop.minted
                #expect(minted.count { $0.hasPrefix("ret_") } == 20)
                #expect(minted.count { $0.hasPrefix("sub_") } == 20)
            }
        }
    }

    @Test @MainActor
    func pendingCallDoesNotBlockTheMainActor() async throws {
        try await withSandbox { sandbox in
            try await sandbox.stall()
            let client = try sandbox.longTimeoutClient()
            let task = Task { try await client.createRetentionSession(customerId: stalledCustomer) }
            try await sandbox.awaitStalled()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    /// If a call blocked its thread, the pending calls would block all threads of the pool.
    @Test
    func pendingCallsBlockNoThreads() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                try await sandbox.stall()
                let client = try sandbox.longTimeoutClient()
                // One call less than the client makes at the same time.
                let tasks = (0..<99).map { _ in
                    Task { try await client.createRetentionSession(customerId: stalledCustomer) }
                }
                try await sandbox.awaitStalled(99)
                #expect(try await client.createRetentionSession(customerId: "cus_1").id.hasPrefix("ret_"))
                for task in tasks { task.cancel() }
                try await waitUntil { try await sandbox.requests().count(where: \.isClosed) >= 99 }
            }
        }
    }

    @Test
    func clientsHaveSeparateRetryPolicies() async throws {
        try await withSandbox { sandbox in
            let withoutRetries = try RenumerateClient(
                privateKey: sandbox.privateKey, baseUrl: sandbox.url, maxRetries: 0)
            await #expect(throws: RenumerateError.self) {
                try await withoutRetries.createRetentionSession(customerId: "cus_unstable")
            }
            try await sandbox.reset()
            #expect(try await sandbox.client().createRetentionSession(customerId: "cus_unstable").attempts.count == 2)
        }
    }
}
