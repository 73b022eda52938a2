import ContenderSupport

/// One round: what the client says, and what the server saw meanwhile.
struct Round {
    let lap: Lap
    let counts: Counts
}

/// All rounds of one contender, as medians of times per call, in nanoseconds, and sums of counts.
struct Rounds {
    let calls: Int
    let good: Int
    let requests: Int
    let refused: Int
    let wall: Double
    let cpu: Double
    /// Of the wall times: how far the slowest is from the quickest, as a part of the median.
    let spread: Double

    init(_ rounds: [Round]) {
        func sum(_ count: (Round) -> Int) -> Int { rounds.map(count).reduce(0, +) }
        calls = sum(\.lap.calls)
        good = sum(\.lap.good)
        requests = sum(\.counts.requests)
        refused = sum(\.counts.refused)
        let walls = rounds.map { Double($0.lap.wall) / Double($0.lap.calls) }
        wall = walls.median
        cpu = rounds.map { Double($0.lap.cpu) / Double($0.lap.calls) }.median
        spread = ((walls.max() ?? 0) - (walls.min() ?? 0)) / wall
    }
}
