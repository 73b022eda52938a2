import Foundation

/// The `renumerate` command, whose sandbox it is.
enum Command {
    static func find(_ given: String?) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let named = given ?? environment["RENUMERATE_COMMAND"] {
            guard FileManager.default.isExecutableFile(atPath: named) else {
                throw SandboxError(description: "there is no command \(named)")
            }
            return named
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        guard let found = folders.map({ "\($0)/renumerate" }).first(where: FileManager.default.isExecutableFile) else {
            throw SandboxError(
                description: "there is no command renumerate: put it on the path, or name it by RENUMERATE_COMMAND")
        }
        return found
    }
}
