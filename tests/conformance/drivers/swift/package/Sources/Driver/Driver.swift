import Foundation
import Renumerate

/// Executes commands from standard input, and replies on standard output. It reads no arguments: Swift does not find
/// them if a preloaded library, such as libfaketime, has changed the environment.
@main
struct Driver {
    private var client: RenumerateClient?

    static func main() async throws {
        var driver = Driver()
        let encoder = JSONEncoder()
        // On the main thread, where nothing else runs, so that waiting for a line blocks nothing.
        while let line = readLine() {
            let command = try JSONDecoder().decode(Command.self, from: Data(line.utf8))
            print(String(decoding: try encoder.encode(try await driver.run(command)), as: UTF8.self))
            fflush(nil)
        }
    }

    private mutating func run(_ command: Command) async throws -> JSON {
        switch command.do {
        case .open: return open(command.client ?? [:], log: command.log ?? true)
        case .call where command.method == "create_handshake_token": return createToken(command, try opened)
        case .call: return try await SingleCall(command, opened).make()
        case .calls: return try await Load(command, try opened).calls()
        case .cancel: return try await Load(command, try opened).cancel()
        case .measure:
            return ["heap": JSON(allocatedBytes()), "tasks": JSON(tasksInProgress.value), "listeners": .null]
        case .close:
            client?.close()
            return ["closed": .bool(true)]
        }
    }

    private var opened: RenumerateClient {
        get throws {
            guard let client else { throw Failure("no client is open") }
            return client
        }
    }

    private mutating func open(_ options: [String: NamedValue], log: Bool) -> JSON {
        client?.close()
        client = nil
        let began = ContinuousClock.now
        do {
            client = try openClient(options, logger: log ? writeToStandardError : nil)
            return ["opened": .bool(true)]
        } catch {
            return report(error: error, after: ContinuousClock.now - began)
        }
    }
}

/// Writes a line in one system call, so that lines of several tasks are not mixed.
private func writeToStandardError(_ line: LogLine) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

/// A command that the driver cannot execute.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
