import Renumerate
import RenumerateTesting
import Testing

/// Customer whose requests get no response.
let stalledCustomer = "cus_stalled"

extension SandboxServer {
    /// Returns a client with timeouts that exceed the duration of any test.
    func longTimeoutClient() throws -> RenumerateClient {
        try RenumerateClient(
            privateKey: privateKey, baseUrl: url, timeout: .seconds(300), attemptTimeout: .seconds(300))
    }

    /// Scripts the sandbox to send no response to requests of ``stalledCustomer``.
    func stall() async throws {
        try await script(stalledCustomer, .failing(.stallBeforeHeaders))
    }

    /// Waits until the sandbox has received this number of requests.
    func awaitStalled(_ count: Int = 1) async throws {
        try await waitUntil { try await requests().count >= count }
    }

    /// Waits until the sandbox has received this number of requests, and all their connections are closed.
    func awaitClosed(_ count: Int = 1) async throws {
        try await waitUntil {
            let requests = try await requests()
            return requests.count >= count && requests.allSatisfy(\.isClosed)
        }
    }
}

/// Waits until the condition is true. The time limit of the test limits the wait.
func waitUntil(_ isTrue: () async throws -> Bool) async throws {
    while !(try await isTrue()) { try await Task.sleep(for: .milliseconds(2)) }
}
