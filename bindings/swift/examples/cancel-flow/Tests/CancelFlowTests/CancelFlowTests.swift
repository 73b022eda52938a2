import CancelFlow
import Renumerate
import RenumerateTesting
import Testing

/// Each test uses its own sandbox, and a client of that sandbox.
struct CancelFlowTests {
    @Test func sessionBelongsToTheCustomer() async throws {
        try await withSandbox { sandbox in
            let flow = CancelFlow(renumerate: try sandbox.client())

            let id = try #require(try await flow.session(for: "cus_1"))

            #expect(try await sandbox.session(id).customerId == "cus_1")
        }
    }

    @Test func temporaryFailureIsRetried() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_1", .status(500), .mint)

            let id = try await CancelFlow(renumerate: try sandbox.client()).session(for: "cus_1")

            #expect(id != nil)
            #expect(try await sandbox.requests().map(\.status) == [500, 200])
        }
    }

    @Test func unknownCustomerHasNoSession() async throws {
        try await withSandbox { sandbox in
            let id = try await CancelFlow(renumerate: try sandbox.client()).session(for: "cus_not_found")

            #expect(id == nil)
        }
    }

    @Test func permanentFailureIsThrown() async throws {
        try await withSandbox { sandbox in
            let flow = CancelFlow(renumerate: try sandbox.client())

            await #expect(throws: RenumerateError.self) { try await flow.session(for: "cus_server_error") }
        }
    }
}
