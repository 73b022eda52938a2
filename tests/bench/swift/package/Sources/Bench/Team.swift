// Contenders, each in its process: warm once, and then measured with one load after the other.

import ContenderSupport
import Foundation

private let warmUp = Order(server: 1, atOnce: 16, seconds: 1)

/// Seconds with a new load, in which connections are opened and threads start, before it is measured.
private let settling = 0.3

final class Team {
    private let tls: Bool
    private let server: BenchServer
    private let workers: [(Contender, Worker)]

    init(tls: Bool, _ server: BenchServer) {
        (self.tls, self.server) = (tls, server)
        workers = Contender.all(tls: tls).map { ($0, Worker($0.command("work", server.arguments(tls: tls)))) }
    }

    /// For each contender its rounds, or why there are none. They are interleaved: a machine whose speed drifts drifts for
    /// all of them.
    func measure(
        _ section: Section, _ count: Int, _ seconds: Double
    ) throws -> [(contender: Contender, result: Result<Rounds, Failure>)] {
        let order = Order(server: section.serverOn, atOnce: section.atOnce, seconds: seconds)
        for (_, worker) in workers { worker.settle(order, section.clientOn) }
        var rounds: [Contender: [Round]] = [:]
        for _ in 0..<count {
            for (contender, worker) in workers {
                let before = try server.counts(section.serverOn, tls: tls)
                guard let lap = worker.lap(order) else { continue }
                let counts = try server.counts(section.serverOn, tls: tls) - before
                rounds[contender, default: []].append(Round(lap: lap, counts: counts))
            }
        }
        return workers.map { contender, worker in
            (contender, worker.failure.map(Result.failure) ?? .success(Rounds(rounds[contender, default: []])))
        }
    }
}

/// A contender in its process.
private final class Worker {
    private let command: [String]
    private var process: ChildProcess?

    /// Why there are no more rounds of it with this load, as soon as that is so.
    private(set) var failure: Failure?

    init(_ command: [String]) { self.command = command }

    /// For what follows, on this processor or on any. One that has failed gets another chance with the new load.
    func settle(_ order: Order, _ processor: Int?) {
        failure = nil
        if process == nil {
            do {
                process = try ChildProcess(command)
            } catch {
                failure = Failure("\(error)")
            }
            _ = lap(warmUp)
        }
        if let process { pin(process, processor) }
        _ = lap(Order(server: order.server, atOnce: order.atOnce, seconds: settling))
    }

    func lap(_ order: Order) -> Lap? {
        guard let process else { return nil }
        process.tell(order.description)
        if let line = process.line(), let lap = Lap(line) { return lap }
        failure = Failure("failed with status \(process.end()): see its message on stderr")
        self.process = nil
        return nil
    }
}
