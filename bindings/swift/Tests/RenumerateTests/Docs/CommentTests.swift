import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// The examples in the comments of the sources.
    @Suite(.serialized) struct CommentTests {
        private static let examples = Result {
            try ["Renumerate", "RenumerateTesting"].flatMap { module in
                let folder = "\(Project.root)/bindings/swift/Sources/\(module)"
                let sources = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
                return try sources.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Generated/") }
                    .flatMap { try Block.all(in: "\(folder)/\($0)") }
            }
        }

        @Test func theseAreAllExamples() throws {
            let examples = try Self.examples.get()
            let places = examples.map { URL(fileURLWithPath: $0.file).deletingPathExtension().lastPathComponent }
            #expect(places == ["LogLine", "RenumerateClient", "RenumerateError", "SettingValue", "SandboxServer"])
            #expect(examples.filter { $0.language != "swift" || $0.isNotRun }.isEmpty)
        }

        @Test func eachRuns() async throws {
            let examples = try Self.examples.get()
            let programs = try await ProgramPackage.built("comment-programs", examples) { example in
                let client = example.code.contains("let client") ? "" : "let client = try RenumerateClient()\n"
                let modules =
                    "import Renumerate\n" + (example.code.contains("andbox") ? "import RenumerateTesting\n" : "")
                return modules + (example.code.contains("client.create") ? client : "")
            }
            for example in examples {
                try await withSandbox { sandbox in
                    let ended = try await programs.run(example, environment: sandbox.environment)
                    try #require(ended.status == 0, "\(example.testDescription): \(ended.err)")
                    let said = ended.out.trimmingCharacters(in: .newlines)
                    if let announced = example.code.firstMatch(of: /print\(.*\) +\/\/ (.*)/) {
                        #expect(said == announced.1, "\(example.testDescription)")
                    } else if !said.isEmpty {
                        _ = try await sandbox.session(said)  // which throws where it is the id of none
                    }
                }
            }
        }
    }
}
