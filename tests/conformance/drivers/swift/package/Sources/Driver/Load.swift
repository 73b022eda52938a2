import Renumerate

/// Many calls, so many at once.
struct Load {
    private let client: RenumerateClient
    private let count: Int
    private let atOnce: Int
    private let longest: Double

    init(_ command: Command, _ client: RenumerateClient) throws {
        guard let count = command.count, let atOnce = command.atOnce, count >= 0, atOnce > 0 else {
            throw Failure("it is not told how many calls, and how many at once")
        }
        self.client = client
        self.count = count
        self.atOnce = atOnce
        longest = max(0, command.longest ?? 0)
    }

    func calls() async -> JSON {
        let tally = await run { call in await call.value }
        return [
            "sessions": JSON(tally.sessions), "errors": tally.errorsByCode, "attempts": JSON(tally.attempts),
            "untyped": JSON(tally.untyped + tally.cancelled),  // nobody has cancelled one
        ]
    }

    func cancel() async -> JSON {
        let tally = await run { call in
            try? await Task.sleep(for: .seconds(Double.random(in: 0...longest)))
            call.cancel()
            return await call.value
        }
        return [
            "cancelled": JSON(tally.cancelled), "sessions": JSON(tally.sessions), "errors": tally.errorsByCode,
            "untyped": JSON(tally.untyped),
        ]
    }

    /// Each call in a task of its own, for which is waited so; who is done takes the next.
    private func run(_ wait: @escaping @Sendable (Task<Ending, Never>) async -> Ending) async -> Tally {
        let numbers = Counter()
        return await withTaskGroup(of: Tally.self) { group in
            for _ in 0..<min(atOnce, count) {
                group.addTask { [client, count] in
                    var tally = Tally()
                    while true {
                        let number = numbers.add(1)
                        guard number < count else { return tally }
                        tally.add(await wait(start("cus_\(number)", client)))
                    }
                }
            }
            return await group.reduce(Tally(), +)
        }
    }
}

/// The tasks of calls that are not over.
let tasksUnderWay = Counter()

private func start(_ customer: String, _ client: RenumerateClient) -> Task<Ending, Never> {
    tasksUnderWay.add(1)
    return Task {
        defer { tasksUnderWay.add(-1) }
        do {
            return .session(attempts: try await client.createRetentionSession(customerId: customer).attempts.count)
        } catch let error as RenumerateError {
            return .error(code: error.code, attempts: error.attempts.count)
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .untyped
        }
    }
}
