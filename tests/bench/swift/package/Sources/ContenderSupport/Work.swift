import Glibc

/// For each ``Order`` that is read, calls for so long and writes a ``Lap``. Between its rounds it waits, for the rounds of
/// others.
func work(_ targets: [Target], _ start: (Target) throws -> Call) async throws {
    var clients: [Int: Lanes] = [:]
    while let line = readLine() {
        guard let order = Order(line), targets.indices.contains(order.server) else {
            throw Failure("no order: \(line)")
        }
        let lanes = try clients[order.server] ?? Lanes(start(targets[order.server]))
        clients[order.server] = lanes
        print(try await lap(lanes, order))
        fflush(nil)
    }
}

private func lap(_ lanes: Lanes, _ order: Order) async throws -> Lap {
    let stopwatch = Stopwatch()
    let end = nanoseconds() + Int(order.seconds * 1e9)
    let tally = try await lanes.run(order.atOnce) { _ in nanoseconds() < end }
    let (wall, cpu) = stopwatch.stop()
    return Lap(wall: wall, cpu: cpu, calls: tally.calls, good: tally.good)
}

/// Which of the servers to call, with how many calls at once, and for how long.
package struct Order: Sendable, LosslessStringConvertible {
    package let server: Int
    package let atOnce: Int
    package let seconds: Double

    package init(server: Int, atOnce: Int, seconds: Double) {
        self.server = server
        self.atOnce = atOnce
        self.seconds = seconds
    }

    package init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 3, let server = Int(words[0]), let atOnce = Int(words[1]), let seconds = Double(words[2])
        else { return nil }
        self.init(server: server, atOnce: atOnce, seconds: seconds)
    }

    package var description: String { "\(server) \(atOnce) \(seconds)" }
}

/// What a contender knows of one round: nanoseconds, and numbers of calls.
package struct Lap: LosslessStringConvertible {
    package let wall: Int
    package let cpu: Int
    package let calls: Int
    package let good: Int

    init(wall: Int, cpu: Int, calls: Int, good: Int) {
        self.wall = wall
        self.cpu = cpu
        self.calls = calls
        self.good = good
    }

    package init?(_ line: String) {
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        self.init(wall: numbers[0], cpu: numbers[1], calls: numbers[2], good: numbers[3])
    }

    package var description: String { "\(wall) \(cpu) \(calls) \(good)" }
}
