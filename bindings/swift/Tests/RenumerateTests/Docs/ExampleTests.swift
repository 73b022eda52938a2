import Foundation
import RenumerateTesting
import Testing

extension Docs {
    /// The examples: packages of their own, which depend on this one as a user's do.
    @Suite(.serialized) struct ExampleTests {
        private static let quickstart = Task {
            let package = UserPackage.example("quickstart")
            try await package.build()
            return package
        }

        @Test func theseAreAllExamples() throws {
            let folder = "\(Project.root)/bindings/swift/examples"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.sorted() == ["cancel-flow", "quickstart"])
        }

        @Test(arguments: [[], ["cus_1"]]) func quickstartMints(given: [String]) async throws {
            let package = try await Self.quickstart.value
            try await withSandbox { sandbox in
                let ended = try await package.run("quickstart", given, environment: sandbox.environment)
                #expect(ended.status == 0 && ended.err.isEmpty, "\(ended.err)")
                let session = try await sandbox.session(ended.out.trimmingCharacters(in: .newlines))
                #expect(session.kind == "retention")
                #expect(session.customerId == given.first ?? "cus_NffrFeUfNV2Hib")
            }
        }

        @Test func quickstartSaysWhatWentWrong() async throws {
            let package = try await Self.quickstart.value
            try await withSandbox { sandbox in
                func ended(_ given: [String], key: String) async throws -> Program.Ended {
                    let environment = sandbox.environment.merging(["RENUMERATE_PRIVATE_KEY": key]) { $1 }
                    let ended = try await package.run("quickstart", given, environment: environment)
                    #expect(ended.status == 1 && ended.out.isEmpty)
                    return ended
                }
                let missing = try await ended(["cus_not_found"], key: sandbox.privateKey)
                #expect(missing.err == "there is no customer cus_not_found\n")
                let refused = try await ended([], key: "sk_sandbox_another")
                #expect(refused.err.hasPrefix("authentication: the service answered 401: "), "\(refused.err)")
                #expect(!refused.err.contains("sk_sandbox_another"))
                let keyless = try await ended([], key: "")
                #expect(
                    keyless.err.wholeMatch(of: /configuration: .*RENUMERATE_PRIVATE_KEY.*\n/) != nil, "\(keyless.err)")
            }
        }

        @Test func theTestsOfCancelFlowSucceed() async throws {
            let tests = try await UserPackage.example("cancel-flow").test()
            #expect(tests == (ofXCTest: 0, ofSwiftTesting: 4))
        }
    }
}
