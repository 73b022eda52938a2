import CancelFlow
import Renumerate
import RenumerateTesting
import Testing

/// Each test has a sandbox of its own, and the client is one of that.
struct CancelFlowTests {
    @Test func theSessionIsThatOfTheCustomer() async throws {
        try await withSandbox { sandbox in
            let flow = CancelFlow(renumerate: try sandbox.client())

            let id = try #require(try await flow.session(for: "cus_1"))

            #expect(try await sandbox.session(id).customerId == "cus_1")
        }
    }

    @Test func aFailureThatPassesIsNotSeen() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_1", .status(500), .mint)

            let id = try await CancelFlow(renumerate: try sandbox.client()).session(for: "cus_1")

            #expect(id != nil)
            #expect(try await sandbox.requests().map(\.status) == [500, 200])
        }
    }

    @Test func aCustomerWhoHasNeverPaidHasNone() async throws {
        try await withSandbox { sandbox in
            let id = try await CancelFlow(renumerate: try sandbox.client()).session(for: "cus_not_found")

            #expect(id == nil)
        }
    }

    @Test func aFailureThatStaysIsThrown() async throws {
        try await withSandbox { sandbox in
            let flow = CancelFlow(renumerate: try sandbox.client())

            await #expect(throws: RenumerateError.self) { try await flow.session(for: "cus_server_error") }
        }
    }
}
