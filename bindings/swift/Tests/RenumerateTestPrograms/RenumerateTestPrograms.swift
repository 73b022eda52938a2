import Foundation
import Renumerate
import RenumerateTesting

/// What only a process of its own can show; the first argument says which.
@main
struct RenumerateTestPrograms {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "one-call": print(try await session())
        case "pending-call": try await leaveACallPending()
        case "exit-amid-calls": try await exitAmidCalls()
        case "costs": try await printCosts()
        case "sandboxes": try await printOpenFilesAfterSandboxes()
        default: print("one-call, pending-call, exit-amid-calls, costs or sandboxes")
        }
    }

    /// It throws what it meets out of `main`, as small programs do.
    private static func session() async throws -> RetentionSession {
        try await RenumerateClient().createRetentionSession(customerId: CommandLine.arguments[2])
    }

    /// Starts a call that is never answered, sees to it that it is under way, and returns.
    private static func leaveACallPending() async throws {
        let patient = try RenumerateClient(timeout: .seconds(300), attemptTimeout: .seconds(300))
        let never = CommandLine.arguments[2]
        Task.detached { _ = try await patient.createRetentionSession(customerId: never) }
        // All calls begin on one thread, in turn.
        let client = try RenumerateClient()
        for number in 0..<5 { _ = try await client.createRetentionSession(customerId: "cus_\(number)") }
        print("returns")
    }

    /// Exits with many calls at every stage.
    private static func exitAmidCalls() async throws {
        let client = try RenumerateClient()
        for number in 0..<200 {
            Task.detached { while true { _ = try await client.createRetentionSession(customerId: "cus_\(number)") } }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 0..<30)))
        exit(0)
    }

    /// What a client costs before its first call, and after it.
    private static func printCosts() async throws {
        let before = sockets()
        let client = try RenumerateClient()
        print("made: \(threads()) threads, \(sockets() - before) sockets")
        for number in 0..<20 { _ = try await client.createRetentionSession(customerId: "cus_\(number)") }
        print("after calls: \(threads()) threads")
        for _ in 0..<20 { _ = try await RenumerateClient().createRetentionSession(customerId: "cus_1") }
        print("after clients: \(threads()) threads")
    }

    /// Starts sandboxes that are stopped, that do not start, and that nobody stops, and waits for their files to be closed.
    private static func printOpenFilesAfterSandboxes() async throws {
        try await withSandbox { _ = try await $0.requests() }
        let before = files().count
        for _ in 0..<20 {
            try await withSandbox { _ = try await $0.requests() }
            _ = try? await SandboxServer.start(cases: "/not/there")
            _ = try await SandboxServer.start()
        }
        while files().count > before + 10 { try await Task.sleep(for: .milliseconds(10)) }
        print("closed")
    }

    private static func files() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    }

    /// The threads of the native library.
    private static func threads() -> Int {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "renumerate\n"
        }
    }

    private static func sockets() -> Int {
        files().count { file in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(file)")
            return target?.hasPrefix("socket:") == true
        }
    }
}
