import Foundation
import RenumerateTesting

#if canImport(Glibc)
    import Glibc
#endif

/// Runs programs in child processes.
enum Program {
    /// Exit status and output.
    struct Output: Sendable {
        let status: Int32
        let out: String
        let err: String
    }

    /// Runs a command with these variables, and with those of this process that are not read by the client.
    static func run(_ command: [String], environment: [String: String] = [:]) async throws -> Output {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("renumerate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Output goes to files, because a full pipe would block the program.
        let (out, err) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
        for file in [out, err] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("RENUMERATE_") || name == "RENUMERATE_COMMAND"
        }
        process.environment = inherited.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        let processId = process.processIdentifier
        let status = await withTaskCancellationHandler {
            // In a new task, because this one may be cancelled and must still wait for the exit.
            await Task { await statuses.first { _ in true } ?? -1 }.value
        } onCancel: {
            kill(processId, SIGTERM)
        }
        return Output(
            status: status, out: try String(contentsOf: out, encoding: .utf8),
            err: try String(contentsOf: err, encoding: .utf8))
    }
}

extension SandboxServer {
    /// Environment variables that point a program to this sandbox.
    var environment: [String: String] { ["RENUMERATE_BASE_URL": url, "RENUMERATE_PRIVATE_KEY": privateKey] }
}
