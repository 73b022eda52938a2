import Foundation

/// Where the project's files are.
enum Project {
    static let root: String = ProcessInfo.processInfo.environment["PROJECT"] ?? "the tests are started by Tests/run"
}
