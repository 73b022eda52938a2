import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The process of a sandbox. It exits when its standard input is closed, at the latest when the test process exits.
final class SandboxProcess: Sendable {
    let url: String
    let privateKey: String
    let publicKey: String?
    private let child: ChildProcess
    private let stopped = OnceFlag()

    private struct StartupMessage: Decodable {
        let url: String
        let private_key: String
        let public_key: String?
    }

    private init(_ message: StartupMessage, _ child: ChildProcess) {
        url = message.url
        privateKey = message.private_key
        publicKey = message.public_key
        self.child = child
    }

    static func start(command: String, options: [String]) async throws -> SandboxProcess {
        let child = try ChildProcess(command, ["sandbox", "--port", "0", "--json", "--until-stdin-ends"] + options)
        let line = await child.firstOutputLine.first(within: .seconds(20))
        if let line, let message = try? JSONDecoder().decode(StartupMessage.self, from: Data(line.utf8)) {
            return SandboxProcess(message, child)
        }
        child.kill()
        try Task.checkCancellation()
        let noUrl =
            "the command \(command) did not print the URL of a sandbox; check that it is the renumerate command"
        let errorLine = line == nil ? await child.firstErrorLine.first(within: .seconds(1)) : nil
        throw SandboxError(startProblem: errorLine ?? noUrl)
    }

    /// The URL session that all sandboxes share, because Foundation keeps the resources of every session open. It
    /// uses no proxy, because sandboxes run on this machine.
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        configuration.connectionProxyDictionary = [:]
        return URLSession(configuration: configuration)
    }()

    /// A response of the sandbox.
    struct Response {
        let status: Int
        let data: Data
        /// The cause and the remedy of a rejected token.
        let note: String?

        /// The message of an error response, or `nil` if there is none.
        var errorMessage: String? { try? JSONDecoder().decode([String: String].self, from: data)["error"] }
    }

    /// Sends a request to the control API of the sandbox and returns the body of the response.
    func send(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Data {
        let response = try await respond(method, path, body)
        guard response.status < 400 else {
            let reason = response.errorMessage ?? "status \(response.status)"
            throw SandboxError(description: "the sandbox refuses: \(reason)")
        }
        return response.data
    }

    /// Sends a request to the sandbox and returns the response.
    func respond(_ method: String, _ path: String, _ body: Data?) async throws -> Response {
        if stopped.isSet { throw SandboxError(description: "the sandbox is stopped") }
        guard let url = URL(string: url + path) else {
            throw SandboxError(description: "\(path) is no path of a sandbox")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "content-type")
        let sentRequest = request
        // The request runs in an unstructured task, so that cancelling the caller does not cancel the request: on
        // Linux, Foundation hung after several requests had been cancelled.
        let (data, response) = try await Task { try await Self.session.data(for: sentRequest) }.value
        let head = response as? HTTPURLResponse
        let note = head?.value(forHTTPHeaderField: "x-renumerate-sandbox-note")
        return Response(status: head?.statusCode ?? 0, data: data, note: note)
    }

    func stop() async {
        stopped.set()
        await child.shutDown()
    }
}
