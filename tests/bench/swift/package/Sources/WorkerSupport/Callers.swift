/// Calls, and those that returned a session.
struct Counts: Sendable {
    private(set) var calls = 0
    private(set) var sessions = 0

    mutating func add(_ id: String) {
        calls += 1
        if id.hasPrefix(idPrefix) { sessions += 1 }
    }

    static func + (one: Counts, other: Counts) -> Counts {
        Counts(calls: one.calls + other.calls, sessions: one.sessions + other.sessions)
    }
}

/// End of a round: after a number of calls of a caller, or at a time.
struct Limit: Sendable {
    var calls = Int.max
    var end = Int.max

    func allows(_ calls: Int) -> Bool { calls < self.calls && nanoseconds() < end }
}

/// Concurrent callers, each of which makes one call after another. A call that fails ends the program.
final class Callers {
    private let call: Call
    private var threads: [ThreadCaller] = []

    /// It is never freed, and neither is the client that the call holds: `URLSession` may crash if it is freed while it
    /// completes its last call.
    init(_ call: Call) {
        self.call = call
        // SAFETY: it is retained once more and never released, on purpose.
        _ = Unmanaged.passRetained(self)
    }

    func run(_ callers: Int, _ limit: Limit) async throws -> Counts {
        switch call {
        case .task(let call):
            await withTaskGroup(of: Counts.self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        var counts = Counts()
                        do {
                            while limit.allows(counts.calls) { counts.add(try await call()) }
                        } catch {
                            fail(error)
                        }
                        return counts
                    }
                }
                return await group.reduce(Counts(), +)
            }
        case .threads(let make):
            try runThreads(callers, limit, make)
        }
    }

    /// The call of each thread is kept for the next run, and with it its connection.
    private func runThreads(_ callers: Int, _ limit: Limit, _ make: () throws -> () throws -> String) throws -> Counts {
        while threads.count < callers { threads.append(ThreadCaller(try make())) }
        for caller in threads[..<callers] { try caller.start(limit) }
        return threads[..<callers].map { $0.join() }.reduce(Counts(), +)
    }
}
