import Foundation
import Renumerate

/// A local Renumerate server for tests. It needs no account and no network, and tests can make it fail.
///
/// The server runs from ``start(privateKey:cases:seed:command:)`` until ``stop()``, or until this process exits.
/// Methods that send a request to the server throw ``SandboxError`` if the server is stopped or rejects the request.
/// They throw the error of `URLSession` if the server does not respond.
///
/// Each of these customer ids triggers the failure in its name: `cus_not_found`, `cus_server_error`,
/// `cus_rate_limited`, `cus_slow`, `cus_unstable` and `cus_html`. For any other id, the sandbox creates a session
/// unless you set other responses with ``script(_:_:)``.
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

    /// The URL of the sandbox: the `baseUrl` for a client.
    public var url: String { process.url }

    /// The private key that the sandbox accepts.
    public var privateKey: String { process.privateKey }

    /// The public key of the sandbox's brand, for handshake tokens, or `nil` if the `renumerate` command has none.
    public var publicKey: String? { process.publicKey }

    private init(_ process: SandboxProcess) {
        self.process = process
    }

    /// Starts a sandbox and waits up to 20 seconds until it is ready for requests.
    ///
    /// - Parameters:
    ///   - privateKey: The private key to accept. Default: `sk_sandbox_local`.
    ///   - cases: The path of a folder with case files. See ``addCases(_:)``. Default: none.
    ///   - seed: The path of a JSON file with the customers that exist. Default: every customer exists.
    ///   - command: The path of the `renumerate` command. Default: the environment variable `RENUMERATE_COMMAND`, else
    ///     the command in `PATH`.
    /// - Returns: The running sandbox.
    /// - Throws: ``SandboxError`` if the command is missing or the sandbox does not start. The description contains the
    ///   first line that the command prints to standard error. `CancellationError` if the task is cancelled.
    public static func start(
        privateKey: String? = nil, cases: String? = nil, seed: String? = nil, command: String? = nil
    ) async throws -> SandboxServer {
        let flags = [("--key", privateKey), ("--cases", cases), ("--seed", seed)]
        let options = flags.flatMap { name, value in value.map { [name, $0] } ?? [] }
        return SandboxServer(try await SandboxProcess.start(command: try Command.find(command), options: options))
    }

    /// Creates a client of this sandbox. To set more options, pass ``url``, ``privateKey`` and ``publicKey`` to the
    /// client's initializer.
    ///
    /// - Parameter logger: A closure that receives each log line. Default: `nil` (no logging).
    /// - Returns: The client.
    /// - Throws: `RenumerateError.configuration` if the client cannot be created.
    public func client(logger: (@Sendable (LogLine) -> Void)? = nil) throws -> RenumerateClient {
        try RenumerateClient(privateKey: privateKey, baseUrl: url, publicKey: publicKey, logger: logger)
    }

    /// Returns the received requests, in order. The sandbox keeps the latest 10,000, or fewer if they exceed 16 MiB in
    /// total.
    ///
    /// - Parameter key: If set, only requests with this private key are returned. Default: `nil` (all requests).
    /// - Returns: The requests.
    /// - Throws: ``SandboxError`` if the sandbox is stopped.
    public func requests(key: String? = nil) async throws -> [ReceivedRequest] {
        let query = key.map { "?key=\(percentEncoded($0))" } ?? ""
        struct RequestList: Decodable { let requests: [ReceivedRequest] }
        let data = try await process.send("GET", "/_sandbox/requests\(query)")
        return try JSONDecoder().decode(RequestList.self, from: data).requests
    }

    /// Returns the kind and the customer of a session.
    ///
    /// - Parameter id: The session id.
    /// - Returns: The session.
    /// - Throws: ``SandboxError`` if this sandbox did not create the session.
    public func session(_ id: String) async throws -> MintedSession {
        let data = try await process.send("GET", "/_sandbox/sessions/\(percentEncoded(id))")
        return try JSONDecoder().decode(MintedSession.self, from: data)
    }

    /// Returns a customer with its subscriptions, for example to get a `subscriptionId`. Unless the sandbox has a seed,
    /// every customer exists, and its data is generated from the id.
    ///
    /// - Parameter id: The id or the e-mail address of the customer.
    /// - Returns: The customer.
    /// - Throws: ``SandboxError`` if the seed has no such customer.
    public func customer(_ id: String) async throws -> CustomerRecord {
        let data = try await process.send("GET", "/_sandbox/customers/\(percentEncoded(id))")
        return try JSONDecoder().decode(CustomerRecord.self, from: data)
    }

    /// Exchanges a handshake token for a session, as the browser does.
    ///
    /// ```swift
    /// try await withSandbox { sandbox in
    ///     let token = try sandbox.client().createHandshakeToken(customerId: "cus_1")
    ///     let session = try await sandbox.exchange(token.token)
    ///     print(try await sandbox.session(session.id).customerId ?? "") // cus_1
    /// }
    /// ```
    ///
    /// - Parameter token: The text of the token: the member `token` of the backend's response.
    /// - Returns: The session.
    /// - Throws: ``SandboxError`` if the response contains no session. The description has the service's message, the
    ///   status, and the cause and the remedy that the sandbox states.
    public func exchange(_ token: String) async throws -> ExchangedSession {
        try await process.exchange(token)
    }

    /// Sets the responses to requests for a customer. The sandbox sends them in order. After the last response, it
    /// starts again with the first.
    ///
    /// - Parameters:
    ///   - customerId: The customer's id.
    ///   - responses: The responses, at least one.
    /// - Throws: ``SandboxError`` if a response is invalid.
    public func script(_ customerId: String, _ responses: ScriptedAnswer...) async throws {
        // Hexadecimal form, because a case name may contain only lower-case letters, digits and `_`.
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

    /// Adds cases. A case defines the expected requests of a customer or of a private key, and the responses to them. A
    /// case replaces an existing case with the same name.
    ///
    /// - Parameter json: A JSON array of cases, in the same format as in a case file, at most 1 MiB.
    /// - Throws: ``SandboxError`` if a case is invalid.
    public func addCases(_ json: String) async throws {
        try await postCaseFile(Data("{\"cases\":\(json)}".utf8))
    }

    private func postCaseFile(_ file: Data) async throws {
        _ = try await process.send("POST", "/_sandbox/cases", file)
    }

    /// Deletes the received requests and the sessions, and restarts all scripts from their first responses.
    ///
    /// - Throws: ``SandboxError`` if the sandbox is stopped.
    public func reset() async throws {
        _ = try await process.send("POST", "/_sandbox/reset")
    }

    /// Stops the sandbox and closes its connections.
    public func stop() async {
        await process.stop()
    }

    public var description: String { "SandboxServer(\(url))" }

    private func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

/// Starts a sandbox, passes it to a closure, and stops it when the closure returns or throws.
///
/// - Parameters:
///   - privateKey: The private key to accept. Default: `sk_sandbox_local`.
///   - cases: The path of a folder with files of cases, which ``SandboxServer/addCases(_:)`` explains. Default: none.
///   - isolation: The actor that `body` runs on. Default: the caller's.
///   - body: A closure that uses the sandbox.
/// - Returns: The value that `body` returns.
/// - Throws: ``SandboxError`` if the sandbox does not start, `CancellationError` if the task is cancelled during the
///   start, or any error that `body` throws.
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

/// A sandbox error: the sandbox failed to start, has been stopped, or rejected a request.
public struct SandboxError: Error, LocalizedError, CustomStringConvertible {
    /// The reason, in one line.
    public let description: String

    public var errorDescription: String? { description }
}

extension SandboxError {
    /// Creates the error of a sandbox that cannot start.
    init(startProblem: String) { self.init(description: "could not start the sandbox: \(startProblem)") }
}
