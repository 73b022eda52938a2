import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// Tests of the examples in the comments of the sources.
    @Suite(.serialized) struct CommentTests {
        private static let examples = Result {
            try ["Renumerate", "RenumerateTesting"].flatMap { module in
                let folder = "\(Project.root)/bindings/swift/Sources/\(module)"
                let sources = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
                return try sources.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Generated/") }
                    .flatMap { try Block.all(in: "\(folder)/\($0)") }
            }
        }

        @Test func commentsContainTheExpectedExamples() throws {
            let examples = try Self.examples.get()
            let files = examples.map { URL(fileURLWithPath: $0.file).deletingPathExtension().lastPathComponent }
            let expected = [
                "LogLine", "RenumerateClient", "RenumerateError", "SettingValue", "SandboxServer", "SandboxServer",
            ]
            #expect(files == expected)
            #expect(examples.filter { $0.language != "swift" || $0.isNotRun }.isEmpty)
        }

        @Test func eachExampleRuns() async throws {
            let examples = try Self.examples.get()
            let programs = try await ProgramPackage.build("comment-programs", examples) { example in
                let client = example.code.contains("let client") ? "" : "let client = try RenumerateClient()\n"
                let modules =
                    "import Renumerate\n" + (example.code.contains("andbox") ? "import RenumerateTesting\n" : "")
                return modules + (example.code.contains("client.create") ? client : "")
            }
            for example in examples {
                try await withSandbox { sandbox in
                    let output = try await programs.run(example, environment: sandbox.environment)
                    try #require(output.status == 0, "\(example.testDescription): \(output.err)")
                    let printed = output.out.trimmingCharacters(in: .newlines)
                    if let expected = example.code.firstMatch(of: /print\(.*\) +\/\/ (.*)/) {
                        #expect(printed == expected.1, "\(example.testDescription)")
                    } else if !printed.isEmpty {
                        _ = try await sandbox.session(printed)  // throws if this is not the id of a session
                    }
                }
            }
        }
    }
}
