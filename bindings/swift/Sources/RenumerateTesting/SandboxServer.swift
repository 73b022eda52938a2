import Foundation
import Renumerate

/// A Renumerate on this machine, for tests: no account, no network, and every failure on demand. It runs from
/// ``start(privateKey:cases:seed:command:)`` to ``stop()``, and ends with this process at the latest.
///
/// The customers `cus_not_found`, `cus_server_error`, `cus_rate_limited`, `cus_slow`, `cus_unstable` and `cus_html` fail as
/// they are called; any other gets a session. ``script(_:_:)`` makes customers of your own.
///
/// ```swift
/// try await withSandbox { sandbox in
///     try await sandbox.script("cus_1", .status(500), .mint)
///     _ = try await sandbox.client().createRetentionSession(customerId: "cus_1")
///     print(try await sandbox.requests().map(\.status)) // [500, 200]
/// }
/// ```
public final class SandboxServer: Sendable, CustomStringConvertible {
    private let process: SandboxProcess

    /// Where it listens: the `baseUrl` for a client.
    public var url: String { process.url }

    /// The key that it takes.
    public var privateKey: String { process.privateKey }

    private init(_ process: SandboxProcess) {
        self.process = process
    }

    /// Starts one.
    ///
    /// - Parameters:
    ///   - privateKey: The key to take. Default: `sk_sandbox_local`.
    ///   - cases: The path of a folder of case files to play.
    ///   - seed: The path of a file with the customers that exist. Default: all do.
    ///   - command: The path of the `renumerate` command. Default: the variable `RENUMERATE_COMMAND`, else the one on the path.
    /// - Returns: The sandbox, which has told where it listens.
    /// - Throws: ``SandboxError``: there is no command, or it does not start, for the reason that it says itself.
    public static func start(
        privateKey: String? = nil, cases: String? = nil, seed: String? = nil, command: String? = nil
    ) async throws -> SandboxServer {
        let flags = [("--key", privateKey), ("--cases", cases), ("--seed", seed)]
        let options = flags.flatMap { name, value in value.map { [name, $0] } ?? [] }
        return SandboxServer(try await SandboxProcess.start(command: try Command.find(command), options: options))
    }

    /// A client of this sandbox. For further settings give its ``url`` and ``privateKey`` to a client's initializer.
    public func client(logger: (@Sendable (LogLine) -> Void)? = nil) throws -> RenumerateClient {
        try RenumerateClient(privateKey: privateKey, baseUrl: url, logger: logger)
    }

    /// Every request that came, in order; those with this key, where one is given.
    public func requests(key: String? = nil) async throws -> [ReceivedRequest] {
        let query = key.map { "?key=\(percentEncoded($0))" } ?? ""
        struct RequestList: Decodable { let requests: [ReceivedRequest] }
        let data = try await process.send("GET", "/_sandbox/requests\(query)")
        return try JSONDecoder().decode(RequestList.self, from: data).requests
    }

    /// What a session id stands for.
    ///
    /// - Throws: ``SandboxError``: it was not minted here.
    public func session(_ id: String) async throws -> MintedSession {
        let data = try await process.send("GET", "/_sandbox/sessions/\(percentEncoded(id))")
        return try JSONDecoder().decode(MintedSession.self, from: data)
    }

    /// Answers the requests for this customer so, one after the other and then from the start.
    ///
    /// - Throws: ``SandboxError``: an answer is not of the form.
    public func script(_ customerId: String, _ responses: ScriptedAnswer...) async throws {
        let hex = customerId.utf8.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        let exchanges = responses.map { ["answer": $0] }
        let script = Script(name: "script_\(hex)", when: ["customer_id": customerId], exchanges: exchanges)
        try await postCaseFile(try JSONEncoder().encode(["cases": [script]]))
    }

    private struct Script: Encodable {
        let name: String
        let when: [String: String]
        let exchanges: [[String: ScriptedAnswer]]
    }

    /// Takes cases in the form of the case files, as a JSON array; one of a known name takes the old one's place.
    ///
    /// - Throws: ``SandboxError``: a case is not of the form.
    public func addCases(_ json: String) async throws {
        try await postCaseFile(Data("{\"cases\":\(json)}".utf8))
    }

    private func postCaseFile(_ file: Data) async throws {
        _ = try await process.send("POST", "/_sandbox/cases", file)
    }

    /// Forgets requests, sessions and how far scripts have got. The scripts themselves stay.
    public func reset() async throws {
        _ = try await process.send("POST", "/_sandbox/reset")
    }

    /// Stops it, and closes its connections.
    public func stop() async {
        await process.stop()
    }

    public var description: String { "SandboxServer(\(url))" }

    private func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

/// Starts a sandbox, hands it to the body, and stops it, however the body ends.
///
/// - Parameters:
///   - privateKey: The key to take. Default: `sk_sandbox_local`.
///   - cases: The path of a folder of case files to play.
///   - isolation: The caller's, where the body runs.
///   - body: What is to be done with it.
/// - Returns: What the body returns.
/// - Throws: ``SandboxError`` where it does not start, and whatever the body throws.
public func withSandbox<Value: Sendable>(
    privateKey: String? = nil, cases: String? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (SandboxServer) async throws -> Value
) async throws -> Value {
    let sandbox = try await SandboxServer.start(privateKey: privateKey, cases: cases)
    do {
        let value = try await body(sandbox)
        await sandbox.stop()
        return value
    } catch {
        await sandbox.stop()
        throw error
    }
}

/// What keeps a sandbox from doing what it is asked for.
public struct SandboxError: Error, LocalizedError, CustomStringConvertible {
    /// The reason, in one line.
    public let description: String

    public var errorDescription: String? { description }
}
