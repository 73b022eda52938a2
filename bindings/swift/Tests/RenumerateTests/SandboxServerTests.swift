import Foundation
import Renumerate
import RenumerateTesting
import Testing

/// Tests of the test kit.
@Suite(.timeLimit(.minutes(1)))
struct SandboxServerTests {
    @Test
    func scriptRepeatsInOrder() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus \"ü\\", .mint)  // any characters are allowed
            let client = try sandbox.client()
            let parameters: [String: SettingValue] = ["customerEmail": "a@b.c", "customerId": "cus_2"]
            try await sandbox.script("cus_2", .status(404).text(#"{"error":"gone"}"#), .mint.delay(.milliseconds(30)))
            for _ in 0..<2 {
                let gone = try await thrownError { try await client.createRetentionSession(parameters: parameters) }
                #expect(gone.reason == "gone")
                let session = try await client.createRetentionSession(parameters: parameters)
                #expect(session.attempts[0].elapsed >= .milliseconds(29))
            }
            #expect(try await sandbox.requests().map(\.status) == [404, 200, 404, 200])
        }
    }

    @Test(arguments: [
        ScriptedAnswer.Fault.stallBeforeHeaders, .stallInBody, .slowDrip, .resetBeforeStatus, .closeBeforeStatus,
        .resetInBody, .truncateBody,
    ])
    func eachFaultMakesTheCallFail(_ fault: ScriptedAnswer.Fault) async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_1", .failing(fault))
            let client = try sandbox.client()
            let failure = try await thrownError {
                try await client.createRetentionSession(customerId: "cus_1", timeout: .milliseconds(300), maxRetries: 0)
            }
            #expect(["network", "timeout"].contains(failure.code))
        }
    }

    @Test
    func closeAfterClosesTheConnection() async throws {
        try await withSandbox { sandbox in
            try await sandbox.script("cus_1", .mint.closeAfter(.milliseconds(5)))
            _ = try await sandbox.client().createRetentionSession(customerId: "cus_1")
            try await sandbox.awaitClosed()
            let request = try await sandbox.requests()[0]
            #expect([request.method, request.path] == ["POST", "/v1/retention/session"])
            #expect(request.headers["content-type"] == "application/json")
            #expect(request.headers["x-brand-key"] == nil)
            #expect(request.time > .zero && request.problem == nil && request.connection > 0)
            #expect("\(request)" == "POST /v1/retention/session: 200")
        }
    }

    @Test
    func casesAreAddedAndResetDeletesSessions() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            try await sandbox.addCases(
                #"[{"name":"mine","when":{"customer_id":"cus_7"},"exchanges":[{"answer":{"status":422}}]}]"#)
            let rejected = try await thrownError { try await client.createRetentionSession(customerId: "cus_7") }
            #expect(rejected.code == "bad_request")
            #expect(try await sandbox.requests()[0].caseName == "mine")
            let session = try await client.createSubscriptionSession(customerEmail: "a@b.c")
            let minted = try await sandbox.session(session.id)
            #expect(minted.kind == "subscription" && minted.customerEmail == "a@b.c" && minted.customerId == nil)
            #expect(try await sandbox.requests(key: "another").isEmpty)
            try await sandbox.reset()
            #expect(try await sandbox.requests().isEmpty)
            await #expect(throws: SandboxError.self) { try await sandbox.session(session.id) }
            await #expect(throws: SandboxError.self) { try await sandbox.addCases("[{}]") }
            for (response, message) in [
                (ScriptedAnswer.status(99), "script for cus_9: status 99 is invalid; use 200 to 999"),
                (.mint.delay(.milliseconds(-1)), "script for cus_9: response 1: delay: -1 is invalid"),
            ] {
                do {
                    try await sandbox.script("cus_9", response)
                    Issue.record("the script was accepted")
                } catch {
                    #expect("\(error)".contains(message), "\(error)")
                }
            }
        }
    }

    @Test
    func tokenIsExchangedForASessionWhoseIdIsMasked() async throws {
        try await withSandbox { sandbox in
            let token = try sandbox.client().createHandshakeToken(customerId: "cus_1").token
            let session = try await sandbox.exchange(token)
            let minted = try await sandbox.session(session.id)
            #expect(minted.kind == "handshake" && minted.customerId == "cus_1" && minted.subscriptionId == nil)
            #expect(abs(session.expiresAt.timeIntervalSinceNow - 3600) < 60)
            let printed = representations(session)
            #expect(!printed.contains(session.id.dropFirst(4)))
            #expect(printed.contains("ExchangedSession(id: r10_…, expiresAt: "))
            let request = try await sandbox.requests()[0]
            #expect("\(request)" == "POST /v1/session/exchange: 200")
            #expect(!request.body.contains(token))
        }
    }

    @Test
    func failedExchangeStatesMessageStatusAndNote() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            func problem(_ token: String) async -> String {
                do { return "\(try await sandbox.exchange(token))" } catch { return "\(error)" }
            }
            for (customer, expected) in [
                ("cus_not_found", "Customer not found (status 404)"),
                ("cus_html", "the response contains no session (status 502)"),
                ("cus_bad_json", "the response contains no session (status 200)"),
            ] {
                let token = try client.createHandshakeToken(customerId: customer).token
                #expect(await problem(token) == "could not exchange the token: \(expected)")
            }
            let other = try RenumerateClient(privateKey: "sk_sandbox_another", publicKey: sandbox.publicKey)
            let forged = try other.createHandshakeToken(customerId: "cus_1").token
            let text = await problem(forged)
            let start = "could not exchange the token: Invalid signature (status 401); another key has signed the token"
            #expect(text.hasPrefix(start) && !text.contains("\n"), "\(text)")
            for part in forged.split(separator: ".") { #expect(!text.contains(part)) }
            let lost = try client.createHandshakeToken(customerId: "cus_reset").token
            await #expect(throws: URLError.self) { try await sandbox.exchange(lost) }
        }
    }

    @Test
    func customerHasSubscriptions() async throws {
        let seed = FileManager.default.temporaryDirectory.appendingPathComponent("seed-\(UUID())")
        defer { try? FileManager.default.removeItem(at: seed) }
        let listed = #"{"id":"cus_2","email":"a/b@c.d","subscriptions":[{"id":"sub_2","status":"cancelled"}]}"#
        try Data("{\"customers\":[\(listed)]}".utf8).write(to: seed)
        try await withSandbox { sandbox in
            let customer = try await sandbox.customer("cus_1")
            let subscription = try #require(customer.subscriptions.first)
            #expect(customer.id == "cus_1" && !customer.name.isEmpty && subscription.id.hasPrefix("sub_"))
            #expect(subscription.status == "active" && subscription.endsOn == nil && subscription.discount == nil)
            #expect(subscription.nextBill?.count == 10)
            #expect(subscription.plan.amount > 0 && ["month", "year"].contains(subscription.plan.interval))
        }
        let seeded = try await SandboxServer.start(seed: seed.path)
        let cancelled = try await seeded.customer("a/b@c.d").subscriptions
        #expect(cancelled.map(\.id) == ["sub_2"] && cancelled[0].status == "cancelled" && cancelled[0].nextBill == nil)
        await #expect(throws: SandboxError.self) { try await seeded.customer("cus_1") }
        await seeded.stop()
    }

    @Test
    func withSandboxStopsTheSandboxWhenTheBodyReturnsOrThrows() async throws {
        let url = try await withSandbox { $0.url }
        struct BodyError: Error {}
        await #expect(throws: BodyError.self) { try await withSandbox { _ in throw BodyError() } }
        let client = try RenumerateClient(privateKey: "sk_sandbox_1", baseUrl: url, maxRetries: 0)
        let failure = try await thrownError { try await client.createRetentionSession(customerId: "cus_1") }
        guard case .network(let network) = failure else { throw failure }
        #expect(network.phase == .connect)
    }

    @Test
    func clientHasThePublicKeyOfTheSandbox() async throws {
        let command = FileManager.default.temporaryDirectory.appendingPathComponent("command-\(UUID())")
        defer { try? FileManager.default.removeItem(at: command) }
        let line = #"{"url":"http://127.0.0.1:1","private_key":"sk_sandbox_local","public_key":"pk_sandbox_other"}"#
        try Data("#!/bin/sh\necho '\(line)'\nread line\n".utf8).write(to: command)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: command.path)
        let sandbox = try await SandboxServer.start(command: command.path)
        #expect(sandbox.publicKey == "pk_sandbox_other")
        let token = try sandbox.client().createHandshakeToken(customerId: "cus_1")
        #expect(try TokenPayload(token: token.token).brandPub == "pk_sandbox_other")
        await sandbox.stop()
    }

    // Rules: M4
    @Test
    func startupFailureReportsCauseAndRemedy() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("commands-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func program(_ name: String, _ line: String, permissions: Int = 0o700) throws -> String {
            let file = folder.appendingPathComponent(name)
            try Data("#!/bin/sh\n\(line)\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file.path)
            return file.path
        }
        func problem(command: String? = nil, cases: String? = nil) async -> String {
            do { return "\(try await SandboxServer.start(cases: cases, command: command))" } catch {
                let prefix = "could not start the sandbox: "
                let text = error.localizedDescription
                return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
            }
        }
        let remedy = "put it on the PATH, or set RENUMERATE_COMMAND or the parameter command to its path"
        #expect(await problem(command: "/not/there") == "the command /not/there does not exist; \(remedy)")
        let rejected = try program("rejected", "true", permissions: 0o600)
        let refusal = await problem(command: rejected)
        #expect(refusal.hasPrefix("the command \(rejected) cannot be executed: "), "\(refusal)")
        #expect(refusal.hasSuffix("; run \"chmod +x \(rejected)\", or move it to a folder that is not mounted noexec"))
        #expect(await problem(command: try program("failing", "echo no threads left >&2")) == "no threads left")
        #expect(await problem(cases: "/not/there").contains("/not/there"))
        for (index, line) in ["true", "echo 5", "echo {}", "echo text"].enumerated() {
            let other = try program("other\(index)", line)
            let check = "did not print the URL of a sandbox; check that it is the renumerate command"
            #expect(await problem(command: other) == "the command \(other) \(check)")
        }
    }

    @Test
    func cancellationStopsTheWaitForTheCommand() async throws {
        let silent = FileManager.default.temporaryDirectory.appendingPathComponent("silent-\(UUID())")
        try Data("#!/bin/sh\nsleep 1000\n".utf8).write(to: silent)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: silent.path)
        defer { try? FileManager.default.removeItem(at: silent) }
        let start = Task { try await SandboxServer.start(command: silent.path) }
        try await Task.sleep(for: .milliseconds(200))
        start.cancel()
        await #expect(throws: CancellationError.self) { try await start.value }
    }

    @Test
    func concurrentStopsSucceedAndLaterCallsThrow() async throws {
        for _ in 0..<10 {
            let sandbox = try await SandboxServer.start()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { await sandbox.stop() } }
            }
            await #expect(throws: SandboxError.self) { try await sandbox.requests() }
        }
    }

    @Test
    func sandboxesRunConcurrently() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<15 {
                        try await withSandbox { sandbox in
                            _ = try await sandbox.client().createRetentionSession(customerId: "cus_1")
                            #expect(try await sandbox.requests().count == 1)
                        }
                    }
                }
            }
            for try await _ in group {}
        }
    }
}
