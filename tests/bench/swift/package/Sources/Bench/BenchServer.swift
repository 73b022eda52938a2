import ContenderSupport
import Foundation

/// What came to a server: requests, and of these the ones that were not answered with a 200.
struct Counts {
    var requests = 0
    var refused = 0

    static func - (now: Counts, before: Counts) -> Counts {
        Counts(requests: now.requests - before.requests, refused: now.refused - before.refused)
    }
}

/// The server that all contenders call, a program of its own: it counts what came, so that nobody is quick by not calling.
///
/// Four servers in one process: without TLS and with it, one that keeps to processor 0 and one to processor 1 each.
final class BenchServer {
    /// The file of the certificate that those with TLS are trusted by.
    let authority: String
    private let process: ChildProcess
    private let urls: [String]

    init(program: String, home: String) throws {
        authority = "\(home)/authority.pem"
        process = try ChildProcess([program, "serve", "--tls", authority])
        urls = process.line()?.components(separatedBy: " ") ?? []
        guard urls.count == 2 * processors.count else { throw Failure("the server does not say where it listens") }
    }

    deinit {
        _ = process.end()
        unlink(authority)
    }

    /// What a contender is to be told of them, one for each processor.
    func arguments(tls: Bool) -> [String] {
        [tls ? authority : ""] + (tls ? urls.suffix(processors.count) : urls.prefix(processors.count))
    }

    /// What a contender is to be told that calls one of them.
    func arguments(_ processor: Int, tls: Bool) -> [String] {
        [tls ? authority : "", urls[place(processor, tls)]]
    }

    /// What came so far to one of them.
    func counts(_ processor: Int, tls: Bool) throws -> Counts {
        process.tell("")
        let numbers = process.line()?.split(separator: " ").compactMap { Int($0) } ?? []
        guard numbers.count == 2 * urls.count else { throw Failure("the server does not say what came") }
        let at = 2 * place(processor, tls)
        return Counts(requests: numbers[at], refused: numbers[at + 1])
    }

    private func place(_ processor: Int, _ tls: Bool) -> Int { processor + (tls ? processors.count : 0) }
}
