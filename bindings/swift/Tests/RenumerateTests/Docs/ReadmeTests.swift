import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// Tests of the code blocks of both READMEs.
    @Suite(.serialized) struct ReadmeTests {
        private static let own = Result { try Block.all(in: "\(Project.root)/bindings/swift/README.md") }
        private static let root = Result {
            try Block.all(in: "\(Project.root)/README.md").filter { $0.section == "Swift" }
        }
        private static let programs = Task {
            try await ProgramPackage.build("readme-programs", runnable.filter(\.isProgram))
        }

        private static var runnable: [Block] {
            get throws { try (root.get() + own.get()).filter { $0.language == "swift" && !$0.isNotRun } }
        }

        @Test func readmesContainTheExpectedBlocks() throws {
            #expect(try Self.root.get().map(\.language) == ["swift"])
            #expect(try Self.root.get().filter(\.isNotRun).isEmpty)
            let own = try Self.own.get()
            #expect(own.map(\.language) == ["sh"] + Array(repeating: "swift", count: own.count - 1))
            let kinds = try Self.runnable.map { $0.isManifest ? "manifest" : $0.isTest ? "test" : "program" }
            #expect(kinds == ["program", "manifest", "program", "program", "program", "program", "test", "test"])
            // The frameworks of these blocks cannot be downloaded by the tests. The README states this.
            let notRun = own.filter(\.isNotRun)
            #expect(notRun.count == 3)
            for (block, module) in zip(notRun, ["Vapor", "Hummingbird", "Logging"]) {
                #expect(block.code.contains("import \(module)\n"), "\(block.testDescription)")
            }
        }

        @Test func eachProgramCreatesASessionOrAToken() async throws {
            let programs = try await Self.programs.value
            for block in try Self.runnable where block.isProgram {
                if block.code.contains("createHandshakeToken") {
                    try await checkToken(block, programs)
                } else {
                    try await checkSession(block, programs)
                }
            }
        }

        private func checkToken(_ block: Block, _ programs: ProgramPackage) async throws {
            let environment = ["RENUMERATE_PRIVATE_KEY": "sk_sandbox_local", "RENUMERATE_PUBLIC_KEY": publicKey]
            let output = try await programs.run(block, environment: environment)
            let expected = TokenPayload(brandPub: publicKey, subscriberId: "cus_NffrFeUfNV2Hib")
            #expect(try TokenPayload(token: output.out) == expected, "\(block.testDescription): \(output.err)")
        }

        private func checkSession(_ block: Block, _ programs: ProgramPackage) async throws {
            let location = Comment(rawValue: block.testDescription)
            try await withSandbox { sandbox in
                let output = try await programs.run(block, environment: sandbox.environment)
                try #require(output.status == 0, "\(location): \(output.err)")
                let id = output.out.trimmingCharacters(in: .newlines)
                let session = try await sandbox.session(id)
                if block.code.contains("createSubscriptionSession") {
                    #expect(session.kind == "subscription" && session.customerEmail == "john.doe@example.com", location)
                } else {
                    #expect(session.kind == "retention" && session.customerId == "cus_NffrFeUfNV2Hib", location)
                }
                let isLogged = output.err.contains("debug renumerate: attempt ended call_id=")
                #expect(isLogged == block.code.contains("logger"), "\(location): \(output.err)")
                #expect(!output.err.contains(id), "the session's id is in the log")
            }
            guard block.code.contains("notFound") else { return }
            try await withSandbox { sandbox in
                try await sandbox.script("cus_NffrFeUfNV2Hib", .status(404).text(#"{"error":"gone"}"#))
                #expect(
                    try await programs.run(block, environment: sandbox.environment).out == "no such customer\n",
                    location)
            }
        }

        /// Builds a package from the manifest of the README, with its first program and its tests.
        @Test func packageBuildsAndItsTestsSucceed() async throws {
            let blocks = try Self.own.get().filter { $0.language == "swift" && !$0.isNotRun }
            let manifest = try #require(blocks.first { $0.isManifest }).code
            let program = try #require(blocks.first { $0.isProgram })
            let clone = "../renumerate-sdk/bindings/swift"
            try #require(manifest.contains("\"\(clone)\""))
            var files = ["Package.swift": manifest.replacing(clone, with: "\(Project.root)/bindings/swift")]
            files["Sources/shop/main.swift"] = program.located
            for test in blocks.filter(\.isTest) { files["Tests/shopTests/Line\(test.line).swift"] = test.located }
            let package = try UserPackage.write("shop", files)

            let tests = try await package.test()

            #expect(tests == (ofXCTest: 1, ofSwiftTesting: 1))
        }

        @Test func installCommandsUseExistingPaths() throws {
            let shell = try #require(try Self.own.get().first { $0.language == "sh" }).code
            let lines = shell.components(separatedBy: "\n").filter { !$0.hasPrefix("#") }
            let native = try #require(lines.first).components(separatedBy: " ")
            try #require(native.count == 2 && lines.count == 2)
            #expect(FileManager.default.isExecutableFile(atPath: "\(Project.root)/\(native[0])"))
            // The tests use the same folder as the README.
            let folder = "/\(native[1])/lib/pkgconfig"
            #expect(lines[1] == "export PKG_CONFIG_PATH=\"$PWD\(folder)\"")
            #expect(FileManager.default.fileExists(atPath: "\(Project.root)\(folder)/renumerate.pc"))
        }
    }
}
