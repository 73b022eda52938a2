/// Calls, and of these the good ones, which returned the id of a session.
struct Tally: Sendable {
    private(set) var calls = 0
    private(set) var good = 0

    mutating func add(_ id: String) {
        calls += 1
        if id.hasPrefix(idPrefix) { good += 1 }
    }

    static func + (one: Tally, other: Tally) -> Tally {
        var sum = one
        sum.calls += other.calls
        sum.good += other.good
        return sum
    }
}

/// Lanes side by side, in each of which one call follows the other. A call that fails ends the program.
final class Lanes {
    private let call: Call
    private var threads: [ThreadLane] = []

    /// It stays until the process ends, and so does the client that the call holds: URLSession may crash where it goes while
    /// its last call is being tidied up.
    init(_ call: Call) {
        self.call = call
        // SAFETY: it is retained once more and never released, on purpose.
        _ = Unmanaged.passRetained(self)
    }

    /// So many lanes, each for as long as this holds of the number of its calls.
    func run(_ atOnce: Int, while goesOn: @escaping @Sendable (Int) -> Bool) async throws -> Tally {
        switch call {
        case .task(let call):
            await withTaskGroup(of: Tally.self) { group in
                for _ in 0..<atOnce {
                    group.addTask {
                        var tally = Tally()
                        do {
                            while goesOn(tally.calls) { tally.add(try await call()) }
                        } catch {
                            fail(error)
                        }
                        return tally
                    }
                }
                return await group.reduce(Tally(), +)
            }
        case .threads(let make):
            try runThreads(atOnce, make, while: goesOn)
        }
    }

    /// A first session, which must be one.
    func mintFirst() async throws {
        guard try await run(1, while: { $0 < 1 }).good == 1 else { throw Failure("not a session") }
    }

    /// What makes the calls of a thread is kept for the next run, and with it the connection.
    private func runThreads(
        _ atOnce: Int, _ make: () throws -> () throws -> String, while goesOn: @escaping @Sendable (Int) -> Bool
    ) throws -> Tally {
        while threads.count < atOnce { threads.append(ThreadLane(try make())) }
        for lane in threads[..<atOnce] { try lane.start(while: goesOn) }
        return threads[..<atOnce].map { $0.join() }.reduce(Tally(), +)
    }
}
