import Foundation
import Renumerate

/// Runs the shutdown scenario that the first argument names, or prints all names with `--list`.
@main
enum Shutdown: String, CaseIterable {
    case pendingTask = "pending-task"
    case exitInTask = "exit-in-task"
    case cancelledAtExit = "cancelled-at-exit"

    static func main() async throws {
        let name = CommandLine.arguments.dropFirst().first ?? ""
        if name == "--list" {
            for scenario in allCases { print(scenario.rawValue) }
            return
        }
        guard let scenario = Shutdown(rawValue: name) else { throw UnknownScenario() }
        let client = try RenumerateClient()
        switch scenario {
        case .pendingTask: try await returnWithPendingTasks(client)
        case .exitInTask: try await exitFromTask(client)
        case .cancelledAtExit: try await cancelAtExit(client)
        }
    }

    private struct UnknownScenario: Error, CustomStringConvertible {
        let description = "unknown scenario: see --list"
    }

    /// Returns from `main` while tasks are pending.
    private static func returnWithPendingTasks(_ client: RenumerateClient) async throws {
        _ = try await startTasks(client)
        print("done")
    }

    /// A task exits after its call, while `main` waits for other tasks.
    private static func exitFromTask(_ client: RenumerateClient) async throws {
        let others = try await startTasks(client)
        Task {
            _ = try await client.createRetentionSession(customerId: "cus_1")
            print("done")
            exit(0)
        }
        for task in others { try await task.value }
    }

    /// Cancels all tasks, and returns from `main` without waiting for them.
    private static func cancelAtExit(_ client: RenumerateClient) async throws {
        for task in try await startTasks(client) { task.cancel() }
        print("done")
    }

    /// Starts tasks with a slow call, and tasks that make sequential calls.
    private static func startTasks(_ client: RenumerateClient) async throws -> [Task<Void, any Error>] {
        let slow = (0..<20).map { _ in
            Task { _ = try await client.createRetentionSession(customerId: "cus_slow") }
        }
        let quick = (0..<20).map { number in
            Task { while true { _ = try await client.createSubscriptionSession(customerId: "cus_\(number)") } }
        }
        // Calls start in order on one thread, so that the others have started when these complete.
        for number in 0..<5 { _ = try await client.createRetentionSession(customerId: "cus_\(number)") }
        return slow + quick
    }
}
