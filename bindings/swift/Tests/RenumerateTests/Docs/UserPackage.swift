import Foundation
import Testing

/// A package that depends on this one as a user's does. All are built in one folder, where this package is then built once,
/// and which is kept for the next time.
struct UserPackage: Sendable {
    private static let work = "\(Project.root)/target/swift/docs"
    private static let scratch = "\(work)/build"

    let folder: String

    static func example(_ name: String) -> UserPackage {
        UserPackage(folder: "\(Project.root)/bindings/swift/examples/\(name)")
    }

    /// One of these files, by their paths. What has not changed is not written, so that it need not be built again.
    static func written(_ name: String, _ files: [String: String]) throws -> UserPackage {
        let package = UserPackage(folder: "\(work)/\(name)")
        let manager = FileManager.default
        for path in manager.subpaths(atPath: package.folder) ?? [] where path.hasSuffix(".swift") && files[path] == nil
        {
            try manager.removeItem(atPath: "\(package.folder)/\(path)")
        }
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(package.folder)/\(path)")
            if (try? String(contentsOf: file, encoding: .utf8)) == text { continue }
            try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return package
    }

    /// Builds it. A warning fails it.
    func build() async throws {
        _ = try await swift("build")
    }

    /// Builds it and runs its tests. Returns how many there are, of XCTest and of Swift Testing.
    func test() async throws -> (ofXCTest: Int, ofSwiftTesting: Int) {
        let said = try await swift("test")
        let ofXCTest = said.matches(of: /Executed (\d+) tests?, with 0 failures/).compactMap { Int($0.1) }
        let ofSwiftTesting = said.firstMatch(of: /Test run with (\d+) tests? passed/).flatMap { Int($0.1) }
        return (ofXCTest.max() ?? 0, ofSwiftTesting ?? 0)
    }

    /// Runs a program of it to its end.
    func run(_ program: String, _ given: [String] = [], environment: [String: String]) async throws -> Program.Ended {
        try await Program.run(["\(Self.scratch)/debug/\(program)"] + given, environment: environment)
    }

    /// Alone: compilers take all processors, and other tests measure time. Without the cache of build plans, since SwiftPM
    /// would take the plan of the package that it built there before.
    private func swift(_ work: String) async throws -> String {
        let folders = ["--package-path", folder, "--scratch-path", Self.scratch, "--disable-build-manifest-caching"]
        let command = ["swift", work] + folders + ["-Xswiftc", "-warnings-as-errors"]
        let ended = try await Exclusive.run { try await Program.run(command) }
        let said = ended.out + ended.err
        guard ended.status == 0 else {
            let lines = said.components(separatedBy: "\n").filter { !$0.hasPrefix("[") }
            throw Failed(description: "swift \(work) in \(folder):\n\(lines.joined(separator: "\n"))")
        }
        return said
    }

    private struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
