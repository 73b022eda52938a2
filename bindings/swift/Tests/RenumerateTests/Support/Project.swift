import Foundation

/// Folders of the repository.
enum Project {
    static let root = variable("PROJECT")
    /// Folder for builds with this version of Swift.
    static let work = variable("WORK")

    private static func variable(_ name: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? "\(name) is not set: run Tests/run"
    }
}
