import Foundation
import Renumerate

/// Does what it is told on its standard input, a line each, and answers each on its standard output. It looks at no arguments:
/// Swift does not find them where a library that was loaded first has changed the environment, as libfaketime does.
@main
struct Driver {
    private var client: RenumerateClient?

    static func main() async throws {
        var driver = Driver()
        let encoder = JSONEncoder()
        // On the main thread, where nothing else runs: to wait for a line holds up nobody.
        while let line = readLine() {
            let command = try JSONDecoder().decode(Command.self, from: Data(line.utf8))
            print(String(decoding: try encoder.encode(try await driver.obey(command)), as: UTF8.self))
            fflush(nil)
        }
    }

    private mutating func obey(_ command: Command) async throws -> JSON {
        switch command.do {
        case .open: return open(command.client ?? [:], log: command.log ?? true)
        case .call: return try await Single(command, try opened).make()
        case .calls: return try await Load(command, try opened).calls()
        case .cancel: return try await Load(command, try opened).cancel()
        case .measure:
            return ["heap": JSON(allocatedBytes()), "tasks": JSON(tasksUnderWay.value), "listeners": .null]
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
            client = try RenumerateClient(options: translated(options), logger: log ? complain : nil)
            return ["opened": .bool(true)]
        } catch {
            return answer(to: error, after: ContinuousClock.now - began)
        }
    }
}

/// In one write, so that lines of several tasks stay whole.
private func complain(_ line: LogLine) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

/// What keeps the driver from doing what it is told: a flaw of the one who tells it.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
