import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// Tests that need a child process.
@Suite(.timeLimit(.minutes(2)))
struct ProcessTests {
    @Test
    func clientReadsItsOptionsFromTheEnvironment() async throws {
        try await withSandbox { sandbox in
            let output = try await run("one-call", "cus_1", environment: sandbox.environment)
            #expect(output.out.hasPrefix("RetentionSession(id: ret_…, url: "))
            #expect(output.status == 0)
        }
    }

    @Test
    func processExitsWithAPendingCall() async throws {
        try await withSandbox { sandbox in
            try await sandbox.stall()
            for number in 1...10 {
                let received = FileManager.default.temporaryDirectory.appendingPathComponent("received-\(UUID())")
                defer { try? FileManager.default.removeItem(at: received) }
                async let result = run(
                    "pending-call", stalledCustomer, received.path, environment: sandbox.environment)
                try await sandbox.awaitStalled(number)
                try Data().write(to: received)
                let output = try await result
                #expect(output.out == "returns\n")
                #expect(output.status == 0)
            }
            try await sandbox.awaitClosed(10)
            #expect(try await sandbox.requests().allSatisfy { $0.status == 0 })
        }
    }

    @Test
    func exitDuringCallsSucceeds() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                for _ in 0..<20 {
                    let output = try await run("exit-during-calls", environment: sandbox.environment)
                    #expect(output.status == 0)
                    #expect(output.err == "")
                }
            }
        }
    }

    @Test
    func clientHasNoThreadOrSocketBeforeItsFirstCall() async throws {
        try await withSandbox { sandbox in
            let output = try await run("resources", environment: sandbox.environment)
            #expect(output.out == "created: 0 threads, 0 sockets\nafter calls: 1 threads\nafter clients: 1 threads\n")
        }
    }

    @Test
    func stoppedSandboxesLeaveNoOpenFiles() async throws {
        let output = try await run("sandboxes", environment: [:])
        #expect(output.out == "closed\n")
    }

    /// The runtime prints an uncaught error to stderr, which operators may store.
    @Test(arguments: ["cus_echo", "cus_not_found", ""])
    func uncaughtErrorDoesNotContainTheKey(_ customer: String) async throws {
        let canaryKey = "sk_sandbox_planted_7c1d"
        try await withSandbox(privateKey: canaryKey) { sandbox in
            try await sandbox.script("cus_echo", .status(400).text("{\"error\":\"bad key \(canaryKey)\"}"))
            let output = try await run("one-call", customer, environment: sandbox.environment)
            #expect(output.status != 0)
            #expect(
                output.err.contains("customerId") || output.err.contains("RenumerateError") || output.err.contains("40")
            )
            #expect(!(output.out + output.err).contains("planted"))
        }
    }

    @Test
    func missingKeyIsReportedWhenTheClientIsCreated() async throws {
        let output = try await run("one-call", "cus_1", environment: [:])
        #expect(output.status != 0)
        #expect(output.err.contains("RENUMERATE_PRIVATE_KEY"))
    }

    /// Runs a program from the folder of the test executable.
    private func run(
        _ arguments: String..., environment: [String: String]
    ) async throws -> Program.Output {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        return try await Program.run(["\(folder)/RenumerateTestPrograms"] + arguments, environment: environment)
    }
}
