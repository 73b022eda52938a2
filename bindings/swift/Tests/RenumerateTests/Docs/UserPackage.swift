import Foundation
import Testing

/// Package that depends on this one like a package of a user. All packages that are built with the same options are
/// built in one folder, so that this package is built only once. The folder is kept for the next run.
struct UserPackage: Sendable {
    private static let work = "\(Project.work)/docs"

    let folder: String
    /// Options of `swift build` and `swift test`.
    var options: [String] = []

    private var scratch: String { "\(Self.work)/build\(options.joined())" }

    static func example(_ name: String) -> UserPackage {
        UserPackage(folder: "\(Project.root)/bindings/swift/examples/\(name)")
    }

    /// Writes a package with these files, by path. Unchanged files are not written, so that they are not rebuilt.
    static func write(_ name: String, _ files: [String: String], options: [String] = []) throws -> UserPackage {
        let package = UserPackage(folder: "\(work)/\(name)", options: options)
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

    /// Builds the package. Warnings of the compiler are errors.
    func build() async throws {
        _ = try await swift("build")
    }

    /// Builds the package and runs its tests. Returns the numbers of tests of XCTest and of Swift Testing.
    func test() async throws -> (ofXCTest: Int, ofSwiftTesting: Int) {
        let log = try await swift("test")
        let ofXCTest = log.matches(of: /Executed (\d+) tests?, with 0 failures/).compactMap { Int($0.1) }
        let ofSwiftTesting = log.firstMatch(of: /Test run with (\d+) tests?( in \d+ suites?)? passed/)
            .flatMap { Int($0.1) }
        return (ofXCTest.max() ?? 0, ofSwiftTesting ?? 0)
    }

    /// Runs a program of the package until it exits.
    func run(_ program: String, _ arguments: [String] = [], environment: [String: String]) async throws
        -> Program.Output
    {
        try await Program.run([path(of: program)] + arguments, environment: environment)
    }

    func path(of program: String) -> String { "\(scratch)/debug/\(program)" }

    /// Runs SwiftPM exclusively, because compilers use all processors and other tests measure time. The build manifest
    /// cache is disabled, because SwiftPM would use the manifest of the previous package in this folder.
    private func swift(_ command: String) async throws -> String {
        let folders = ["--package-path", folder, "--scratch-path", scratch, "--disable-build-manifest-caching"]
        let arguments = ["swift", command] + options + folders + ["-Xswiftc", "-warnings-as-errors"]
        let output = try await Exclusive.run { try await Program.run(arguments) }
        let log = output.out + output.err
        guard output.status == 0 else {
            let lines = log.components(separatedBy: "\n").filter { !$0.hasPrefix("[") }
            throw BuildError(description: "swift \(command) in \(folder):\n\(lines.joined(separator: "\n"))")
        }
        return log
    }

    private struct BuildError: Error, CustomStringConvertible {
        let description: String
    }
}
