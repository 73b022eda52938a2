import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The process of a sandbox, which ends with its standard input, and so with this process.
final class SandboxProcess: Sendable {
    let url: String
    let privateKey: String
    private let processId: Int32
    private let input: FileHandle
    private let ended: AsyncStream<Never>
    private let session: URLSession

    private struct Said: Decodable {
        let url: String
        let private_key: String
    }

    private init(_ said: Said, _ processId: Int32, _ input: FileHandle, _ ended: AsyncStream<Never>) {
        url = said.url
        privateKey = said.private_key
        self.processId = processId
        self.input = input
        self.ended = ended
        let settings = URLSessionConfiguration.ephemeral
        settings.timeoutIntervalForRequest = 30
        settings.connectionProxyDictionary = [:]  // it is on this machine
        session = URLSession(configuration: settings)
    }

    static func start(command: String, options: [String]) async throws -> SandboxProcess {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = ["sandbox", "--port", "0", "--json", "--until-stdin-ends"] + options
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        process.terminationHandler = { _ in end.finish() }
        do {
            try process.run()
        } catch {
            throw SandboxError(description: "the command \(command) cannot be run: \(error.localizedDescription)")
        }
        let processId = process.processIdentifier
        guard let line = await firstLine(of: output.fileHandleForReading) else {
            let reason = await firstLine(of: errors.fileHandleForReading) ?? "it says nothing"
            throw SandboxError(description: "the sandbox does not start: \(reason)")
        }
        // Nobody reads what it says from now on, and a full pipe would hold it up.
        for pipe in [output, errors] {
            pipe.fileHandleForReading.readabilityHandler = { handle in
                if handle.availableData.isEmpty { handle.readabilityHandler = nil }
            }
        }
        guard let said = try? JSONDecoder().decode(Said.self, from: Data(line.utf8)) else {
            process.terminate()
            throw SandboxError(description: "\(command) is no sandbox: it does not say where it listens")
        }
        return SandboxProcess(said, processId, input.fileHandleForWriting, ended)
    }

    /// Waits for it on a thread of its own, since reading blocks.
    private static func firstLine(of handle: FileHandle) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
                    line += byte
                }
                continuation.resume(returning: line.isEmpty ? nil : String(decoding: line, as: UTF8.self))
            }
        }
    }

    /// Asks the sandbox about itself, not through a proxy.
    func ask(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Data {
        guard let url = URL(string: url + path) else {
            throw SandboxError(description: "\(path) is no path of a sandbox")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body
        let (answer, response) = try await session.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard status < 400 else {
            let said = try? JSONDecoder().decode([String: String].self, from: answer)["error"]
            throw SandboxError(description: "the sandbox refuses: \(said ?? "status \(status)")")
        }
        return answer
    }

    func stop() async {
        try? input.close()
        for await _ in ended {}
        session.invalidateAndCancel()
    }
}
