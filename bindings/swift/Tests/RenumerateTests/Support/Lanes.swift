/// So many tests at a time: the cases whose waits are measured would be late beside more, or beside one that takes the
/// whole machine.
actor Lanes {
    static let all = Lanes()

    /// How many there are.
    static let count = 16

    private var free = Lanes.count
    private var waiting: [(needs: Int, go: CheckedContinuation<Void, Never>)] = []

    private func take(_ needs: Int) async {
        if waiting.isEmpty, free >= needs {
            free -= needs
        } else {
            await withCheckedContinuation { waiting.append((needs, $0)) }
        }
    }

    private func give(_ count: Int) {
        free += count
        while let next = waiting.first, free >= next.needs {
            free -= next.needs
            waiting.removeFirst()
            next.go.resume()
        }
    }

    /// In one lane, beside others.
    static func one<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        try await all.during(1, work)
    }

    /// In all of them, alone.
    static func alone<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        try await all.during(count, work)
    }

    private nonisolated func during<Value: Sendable>(_ needs: Int, _ work: () async throws -> Value) async throws
        -> Value
    {
        await take(needs)
        do {
            let value = try await work()
            await give(needs)
            return value
        } catch {
            await give(needs)
            throw error
        }
    }
}
