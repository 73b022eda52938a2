import Foundation
import Renumerate

/// Runs the shutdown scenario that the first argument names, or prints all names with `--list`.
@main
enum Shutdown: String, CaseIterable {
    case pendingTask = "pending-task"
    case exitInTask = "exit-in-task"
    case cancelledAtEnd = "cancelled-at-end"

    static func main() async throws {
        let named = CommandLine.arguments.dropFirst().first ?? ""
        if named == "--list" {
            for scenario in allCases { print(scenario.rawValue) }
            return
        }
        guard let scenario = Shutdown(rawValue: named) else { throw Unknown() }
        let client = try RenumerateClient()
        switch scenario {
        case .pendingTask: try await leaveTasksPending(client)
        case .exitInTask: try await exitInATask(client)
        case .cancelledAtEnd: try await cancelAtTheEnd(client)
        }
    }

    private struct Unknown: Error, CustomStringConvertible {
        let description = "name a scenario; --list names all"
    }

    /// The program comes to its end, and its tasks do not.
    private static func leaveTasksPending(_ client: RenumerateClient) async throws {
        _ = try await tasksUnderWay(client)
        print("done")
    }

    /// A task ends the program after its call, while `main` waits, as others do.
    private static func exitInATask(_ client: RenumerateClient) async throws {
        let others = try await tasksUnderWay(client)
        Task {
            _ = try await client.createRetentionSession(customerId: "cus_1")
            print("done")
            exit(0)
        }
        for task in others { try await task.value }
    }

    /// All tasks are cancelled, and nobody waits for them to hear of it.
    private static func cancelAtTheEnd(_ client: RenumerateClient) async throws {
        for task in try await tasksUnderWay(client) { task.cancel() }
        print("done")
    }

    /// Tasks at every stage of a call: half of them wait for a slow answer, the others make one quick call after the other.
    private static func tasksUnderWay(_ client: RenumerateClient) async throws -> [Task<Void, any Error>] {
        let slow = (0..<20).map { _ in
            Task { _ = try await client.createRetentionSession(customerId: "cus_slow") }
        }
        let quick = (0..<20).map { number in
            Task { while true { _ = try await client.createSubscriptionSession(customerId: "cus_\(number)") } }
        }
        // All calls begin on one thread, in turn: after some of a task's own the others have begun.
        for number in 0..<5 { _ = try await client.createRetentionSession(customerId: "cus_\(number)") }
        return slow + quick
    }
}
