import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// What only a process of its own can show.
@Suite(.timeLimit(.minutes(2)))
struct ProcessTests {
    @Test
    func aProgramTakesItsSettingsFromItsEnvironment() async throws {
        try await withSandbox { sandbox in
            let ended = try await run("one-call", "cus_1", environment: sandbox.environment)
            #expect(ended.out.hasPrefix("RetentionSession(id: ret_…, url: "))
            #expect(ended.status == 0)
        }
    }

    @Test
    func aProcessEndsByItselfWithACallPending() async throws {
        try await withSandbox { sandbox in
            try await sandbox.stall()
            for _ in 0..<10 {
                let ended = try await run("pending-call", never, environment: sandbox.environment)
                #expect(ended.out == "returns\n")
                #expect(ended.status == 0)
            }
            try await sandbox.awaitClosed(60)
            #expect(try await sandbox.requests().count { $0.status == 0 } == 10)
        }
    }

    @Test
    func aProcessThatExitsAmidCallsExits() async throws {
        try await Exclusive.run {
            try await withSandbox { sandbox in
                for _ in 0..<20 {
                    let ended = try await run("exit-amid-calls", environment: sandbox.environment)
                    #expect(ended.status == 0)
                    #expect(ended.err == "")
                }
            }
        }
    }

    @Test
    func aClientCostsNoThreadAndNoSocketBeforeItsFirstCall() async throws {
        try await withSandbox { sandbox in
            let ended = try await run("costs", environment: sandbox.environment)
            #expect(ended.out == "made: 0 threads, 0 sockets\nafter calls: 1 threads\nafter clients: 1 threads\n")
        }
    }

    @Test
    func sandboxesLeaveNoFileOpen() async throws {
        let ended = try await run("sandboxes", environment: [:])
        #expect(ended.out == "closed\n")
    }

    /// The runtime prints the error and ends the process: what it prints is what a log of the operator's keeps.
    @Test(arguments: ["cus_echo", "cus_not_found", ""])
    func anErrorThatNobodyCatchesShowsNoKey(_ customer: String) async throws {
        let planted = "sk_sandbox_planted_7c1d"
        try await withSandbox(privateKey: planted) { sandbox in
            try await sandbox.script("cus_echo", .status(400).text("{\"error\":\"bad key \(planted)\"}"))
            let ended = try await run("one-call", customer, environment: sandbox.environment)
            #expect(ended.status != 0)
            #expect(
                ended.err.contains("customerId") || ended.err.contains("RenumerateError") || ended.err.contains("40"))
            #expect(!(ended.out + ended.err).contains("planted"))
        }
    }

    @Test
    func aKeyThatIsMissingIsToldWhenTheClientIsMade() async throws {
        let ended = try await run("one-call", "cus_1", environment: [:])
        #expect(ended.status != 0)
        #expect(ended.err.contains("RENUMERATE_PRIVATE_KEY"))
    }

    /// The programs stand beside this one.
    private func run(
        _ arguments: String..., environment: [String: String]
    ) async throws -> Program.Ended {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        return try await Program.run(["\(folder)/RenumerateTestPrograms"] + arguments, environment: environment)
    }
}
