import Foundation

/// The `renumerate` command, which contains the sandbox.
enum Command {
    /// Returns the path of the command: `path`, else `RENUMERATE_COMMAND`, else the first `renumerate` in `PATH`.
    static func find(_ path: String?) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let command = path ?? environment["RENUMERATE_COMMAND"] {
            guard FileManager.default.isExecutableFile(atPath: command) else {
                throw SandboxError(description: "there is no command \(command)")
            }
            return command
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let found = folders.map({ "\($0)/renumerate" }).first(where: FileManager.default.isExecutableFile) else {
            throw SandboxError(
                description: "there is no command renumerate: put it on the path, or name it by RENUMERATE_COMMAND")
        }
        return found
    }
}
