import Renumerate
import RenumerateTesting
import Testing

/// The customer whose requests are never answered.
let never = "cus_never"

extension SandboxServer {
    /// A client that waits longer than any test.
    func patientClient() throws -> RenumerateClient {
        try RenumerateClient(
            privateKey: privateKey, baseUrl: url, timeout: .seconds(300), attemptTimeout: .seconds(300))
    }

    /// From now on ``never`` is never answered.
    func stall() async throws {
        try await script(never, .failing(.stallBeforeHeaders))
    }

    /// Waits until so many requests that are never answered have come.
    func awaitStalled(_ count: Int = 1) async throws {
        try await until { try await requests().count >= count }
    }

    /// Waits until so many requests have come, and the connections of all are closed.
    func awaitClosed(_ count: Int = 1) async throws {
        try await until {
            let requests = try await requests()
            return requests.count >= count && requests.allSatisfy(\.isClosed)
        }
    }
}

/// Waits for what will be so; the test's own limit ends it where it will not.
func until(_ holds: () async throws -> Bool) async throws {
    while !(try await holds()) { try await Task.sleep(for: .milliseconds(2)) }
}
