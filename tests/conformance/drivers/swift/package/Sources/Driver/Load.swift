import Renumerate

/// Many concurrent calls.
struct Load {
    private let client: RenumerateClient
    private let count: Int
    private let concurrency: Int
    private let maxDelay: Double

    init(_ command: Command, _ client: RenumerateClient) throws {
        guard let count = command.count, let concurrency = command.concurrency, count >= 0, concurrency > 0 else {
            throw Failure("count or concurrency is missing")
        }
        self.client = client
        self.count = count
        self.concurrency = concurrency
        maxDelay = max(0, command.maxDelay ?? 0)
    }

    func calls() async -> JSON {
        let tally = await run { call in await call.value }
        return [
            "sessions": JSON(tally.sessions), "errors": tally.errorsByCode, "attempts": JSON(tally.attempts),
            "untyped": JSON(tally.untyped + tally.cancelled),  // no call was cancelled
        ]
    }

    func cancel() async -> JSON {
        let tally = await run { call in
            try? await Task.sleep(for: .seconds(Double.random(in: 0...maxDelay)))
            call.cancel()
            return await call.value
        }
        return [
            "cancelled": JSON(tally.cancelled), "sessions": JSON(tally.sessions), "errors": tally.errorsByCode,
            "untyped": JSON(tally.untyped),
        ]
    }

    /// Starts each call in a new task, this many at a time, and waits for it with `wait`.
    private func run(_ wait: @escaping @Sendable (Task<CallOutcome, Never>) async -> CallOutcome) async -> Tally {
        let numbers = Counter()
        return await withTaskGroup(of: Tally.self) { group in
            for _ in 0..<min(concurrency, count) {
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

/// Number of calls in progress.
let tasksInProgress = Counter()

private func start(_ customer: String, _ client: RenumerateClient) -> Task<CallOutcome, Never> {
    tasksInProgress.add(1)
    return Task {
        defer { tasksInProgress.add(-1) }
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
