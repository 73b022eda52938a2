import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// Tests of the package as a versioned dependency, because SwiftPM rejects unsafe flags only in these.
    @Suite struct ReleaseTests {
        @Test func releaseBuildsAndCreatesASession() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("release-\(UUID())")
            defer { try? FileManager.default.removeItem(at: folder) }
            let release = folder.appendingPathComponent("renumerate-swift")
            try publish(at: release)
            try await git(["init", "--quiet"], in: release)
            try await git(["add", "."], in: release)
            try await git(["commit", "--quiet", "--message", "A release"], in: release)
            try await git(["tag", version], in: release)

            let user = folder.appendingPathComponent("user")
            try write(manifest(fetching: release), to: user.appendingPathComponent("Package.swift"))
            try write(program, to: user.appendingPathComponent("Sources/user/main.swift"))
            let build = ["swift", "build", "--package-path", user.path, "--cache-path", "\(folder.path)/cache"]
            let built = try await Exclusive.run { try await Program.run(build) }
            try #require(built.status == 0, "\(built.out)\(built.err)")
            try await withSandbox { sandbox in
                let output = try await Program.run(
                    ["\(user.path)/.build/debug/user"], environment: sandbox.environment)
                #expect(output.out == "sub_\n", "\(output.err)")
            }
        }

        private func publish(at release: URL) throws {
            try FileManager.default.createDirectory(at: release, withIntermediateDirectories: true)
            for part in ["Package.swift", "Sources", "Tests"] {
                let from = URL(fileURLWithPath: "\(Project.root)/bindings/swift/\(part)")
                try FileManager.default.copyItem(at: from, to: release.appendingPathComponent(part))
            }
        }

        private func git(_ command: [String], in folder: URL) async throws {
            let author = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
            let output = try await Program.run(["git", "-C", folder.path] + author + command)
            try #require(output.status == 0, "\(output.err)")
        }

        private func write(_ text: String, to file: URL) throws {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }

        private func manifest(fetching release: URL) -> String {
            """
            // swift-tools-version: 6.0
            import PackageDescription
            let package = Package(
                name: "user",
                platforms: [.macOS(.v13)],
                dependencies: [.package(url: "file://\(release.path)", from: "\(version)")],
                targets: [
                    .executableTarget(
                        name: "user", dependencies: [.product(name: "Renumerate", package: "renumerate-swift")])
                ]
            )
            """
        }

        /// Version of the release, which only this test uses.
        private let version = "99.0.0"

        private let program = """
            import Renumerate
            let session = try await RenumerateClient().createSubscriptionSession(customerId: "cus_1")
            print(session.id.prefix(4))
            """
    }
}
