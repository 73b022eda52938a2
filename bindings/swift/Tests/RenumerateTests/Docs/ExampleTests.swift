import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// Tests of the examples, which are packages that depend on this one like those of users.
    @Suite(.serialized) struct ExampleTests {
        private static let quickstart = Task {
            let package = UserPackage.example("quickstart")
            try await package.build()
            return package
        }

        @Test func eachExampleFolderHasTests() throws {
            let folder = "\(Project.root)/bindings/swift/examples"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.sorted() == ["cancel-flow", "quickstart"])
        }

        @Test(arguments: [[], ["cus_1"]]) func quickstartCreatesASession(arguments: [String]) async throws {
            let package = try await Self.quickstart.value
            try await withSandbox { sandbox in
                let output = try await package.run("quickstart", arguments, environment: sandbox.environment)
                #expect(output.status == 0 && output.err.isEmpty, "\(output.err)")
                let session = try await sandbox.session(output.out.trimmingCharacters(in: .newlines))
                #expect(session.kind == "retention")
                #expect(session.customerId == arguments.first ?? "cus_NffrFeUfNV2Hib")
            }
        }

        @Test func quickstartReportsTheError() async throws {
            let package = try await Self.quickstart.value
            try await withSandbox { sandbox in
                func run(_ arguments: [String], key: String) async throws -> Program.Output {
                    let environment = sandbox.environment.merging(["RENUMERATE_PRIVATE_KEY": key]) { $1 }
                    let output = try await package.run("quickstart", arguments, environment: environment)
                    #expect(output.status == 1 && output.out.isEmpty)
                    return output
                }
                let missing = try await run(["cus_not_found"], key: sandbox.privateKey)
                #expect(missing.err == "there is no customer cus_not_found\n")
                let rejected = try await run([], key: "sk_sandbox_another")
                #expect(
                    rejected.err.wholeMatch(of: /authentication: .* rejected the private key .* with 401: .*\n/) != nil,
                    "\(rejected.err)")
                #expect(!rejected.err.contains("sk_sandbox_another"))
                let keyless = try await run([], key: "")
                #expect(
                    keyless.err.wholeMatch(of: /configuration: .*RENUMERATE_PRIVATE_KEY.*\n/) != nil, "\(keyless.err)")
            }
        }

        @Test func testsOfCancelFlowSucceed() async throws {
            let tests = try await UserPackage.example("cancel-flow").test()
            #expect(tests == (ofXCTest: 0, ofSwiftTesting: 4))
        }
    }
}
