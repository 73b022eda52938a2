import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The process of a sandbox, which ends with its standard input, and so with this process.
final class SandboxProcess: Sendable {
    let url: String
    let privateKey: String
    private let child: Child
    private let stopped = Flag()

    private struct Said: Decodable {
        let url: String
        let private_key: String
    }

    private init(_ said: Said, _ child: Child) {
        url = said.url
        privateKey = said.private_key
        self.child = child
    }

    static func start(command: String, options: [String]) async throws -> SandboxProcess {
        let child = try Child(command, ["sandbox", "--port", "0", "--json", "--until-stdin-ends"] + options)
        let line = await child.saysFirst.first(within: .seconds(20))
        if let line, let said = try? JSONDecoder().decode(Said.self, from: Data(line.utf8)) {
            return SandboxProcess(said, child)
        }
        child.kill()
        try Task.checkCancellation()
        if line != nil {
            throw SandboxError(description: "\(command) is no sandbox: it does not say where it listens")
        }
        let reason = await child.complainsFirst.first(within: .seconds(1)) ?? "\(command) says nothing"
        throw SandboxError(description: "the sandbox does not start: \(reason)")
    }

    /// One for all sandboxes: Foundation keeps what one holds open. Not through a proxy, since they are on this machine.
    private static let session: URLSession = {
        let settings = URLSessionConfiguration.ephemeral
        settings.timeoutIntervalForRequest = 30
        settings.connectionProxyDictionary = [:]
        return URLSession(configuration: settings)
    }()

    /// Asks the sandbox about itself.
    func ask(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Data {
        if stopped.isSet { throw SandboxError(description: "the sandbox is stopped") }
        guard let url = URL(string: url + path) else {
            throw SandboxError(description: "\(path) is no path of a sandbox")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        let asked = request
        // In a task that nobody cancels: Foundation on Linux has locked up where several requests were cancelled.
        let (answer, response) = try await Task { try await Self.session.data(for: asked) }.value
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status < 400 else {
            let said = try? JSONDecoder().decode([String: String].self, from: answer)["error"]
            throw SandboxError(description: "the sandbox refuses: \(said ?? "status \(status)")")
        }
        return answer
    }

    func stop() async {
        stopped.set()
        await child.end()
    }
}
