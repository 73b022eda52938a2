import Renumerate
import RenumerateTesting
import Testing

@Test func aSessionIsMinted() async throws {
    try await withSandbox { sandbox in
        try await sandbox.script("cus_1", .status(500), .mint)
        let session = try await sandbox.client().createRetentionSession(customerId: "cus_1")
        #expect(session.id.hasPrefix("ret_"))
        #expect(try await sandbox.requests().map(\.status) == [500, 200])
        print(session, try sandbox.client())
    }
}
