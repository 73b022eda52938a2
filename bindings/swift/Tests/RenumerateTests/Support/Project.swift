import Foundation

/// Root folder of the repository.
enum Project {
    static let root: String = ProcessInfo.processInfo.environment["PROJECT"] ?? "PROJECT is not set: run Tests/run"
}
