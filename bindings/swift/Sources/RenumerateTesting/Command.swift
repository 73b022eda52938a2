import Foundation

/// The `renumerate` command, which contains the sandbox.
enum Command {
    /// Returns the path of the command: `path`, else `RENUMERATE_COMMAND`, else the first `renumerate` in `PATH`.
    static func find(_ path: String?) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let command = path ?? environment["RENUMERATE_COMMAND"] {
            guard FileManager.default.fileExists(atPath: command) else { throw missing(command) }
            return command
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let found = folders.map({ "\($0)/renumerate" }).first(where: FileManager.default.isExecutableFile) else {
            throw missing("renumerate")
        }
        return found
    }

    private static func missing(_ command: String) -> SandboxError {
        let remedy = "put it on the PATH, or set RENUMERATE_COMMAND or the parameter command to its path"
        return SandboxError(startProblem: "the command \(command) does not exist; \(remedy)")
    }
}
