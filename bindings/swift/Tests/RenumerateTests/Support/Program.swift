import Foundation
import RenumerateTesting

#if canImport(Glibc)
    import Glibc
#endif

/// A program in a process of its own, to its end.
enum Program {
    /// How it has ended, and all that it said.
    struct Ended: Sendable {
        let status: Int32
        let out: String
        let err: String
    }

    /// Runs a command, found on the path, with these variables beside those of this process that are not the client's.
    static func run(_ command: [String], environment: [String: String] = [:]) async throws -> Ended {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("renumerate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files take all that it says, without anybody to read meanwhile.
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
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.yield(process.terminationStatus)
            end.finish()
        }
        try process.run()
        let processId = process.processIdentifier
        let status = await withTaskCancellationHandler {
            // A new task, since this one may be cancelled, and it waits for the end all the same.
            await Task { await ended.first { _ in true } ?? -1 }.value
        } onCancel: {
            kill(processId, SIGTERM)
        }
        return Ended(
            status: status, out: try String(contentsOf: out, encoding: .utf8),
            err: try String(contentsOf: err, encoding: .utf8))
    }
}

extension SandboxServer {
    /// What a program is told of it.
    var environment: [String: String] { ["RENUMERATE_BASE_URL": url, "RENUMERATE_PRIVATE_KEY": privateKey] }
}
