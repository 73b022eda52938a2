import Foundation
import Renumerate
import RenumerateTesting

/// Programs for tests that need a child process. The first argument selects one.
@main
struct RenumerateTestPrograms {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "one-call": print(try await session())
        case "pending-call": try await returnWithPendingCall()
        case "exit-during-calls": try await exitDuringCalls()
        case "resources": try await printResources()
        case "sandboxes": try await printOpenFilesAfterSandboxes()
        default: print("usage: one-call | pending-call | exit-during-calls | resources | sandboxes")
        }
    }

    /// Throws errors out of `main`, as small programs do.
    private static func session() async throws -> RetentionSession {
        try await RenumerateClient().createRetentionSession(customerId: CommandLine.arguments[2])
    }

    /// Starts a call for a stalled customer, and returns when a file exists. The test creates the file when the sandbox
    /// has received the request.
    private static func returnWithPendingCall() async throws {
        let client = try RenumerateClient(timeout: .seconds(300), attemptTimeout: .seconds(300))
        let (customer, file) = (CommandLine.arguments[2], CommandLine.arguments[3])
        Task.detached { _ = try await client.createRetentionSession(customerId: customer) }
        while !FileManager.default.fileExists(atPath: file) { try await Task.sleep(for: .milliseconds(2)) }
        print("returns")
    }

    /// Exits while many calls run.
    private static func exitDuringCalls() async throws {
        let client = try RenumerateClient()
        for number in 0..<200 {
            Task.detached { while true { _ = try await client.createRetentionSession(customerId: "cus_\(number)") } }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 0..<30)))
        exit(0)
    }

    /// Prints the numbers of threads and sockets before the first call and after calls.
    private static func printResources() async throws {
        let before = sockets()
        let client = try RenumerateClient()
        print("created: \(threads()) threads, \(sockets() - before) sockets")
        for number in 0..<20 { _ = try await client.createRetentionSession(customerId: "cus_\(number)") }
        print("after calls: \(threads()) threads")
        for _ in 0..<20 { _ = try await RenumerateClient().createRetentionSession(customerId: "cus_1") }
        print("after clients: \(threads()) threads")
    }

    /// Starts sandboxes that are stopped, that fail to start, and that are released without a stop. Waits until their
    /// files are closed.
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

    /// Returns the number of threads of the native library.
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
