import Synchronization

/// Outcome of one call.
enum CallOutcome: Sendable {
    case session(attempts: Int)
    case error(code: String, attempts: Int)
    case cancelled
    case untyped
}

/// Number of calls by outcome.
struct Tally: Sendable {
    private(set) var sessions = 0
    private(set) var errors: [String: Int] = [:]
    private(set) var attempts = 0
    private(set) var cancelled = 0
    private(set) var untyped = 0

    mutating func add(_ outcome: CallOutcome) {
        switch outcome {
        case .session(let attempts):
            sessions += 1
            self.attempts += attempts
        case .error(let code, let attempts):
            errors[code, default: 0] += 1
            self.attempts += attempts
        case .cancelled: cancelled += 1
        case .untyped: untyped += 1
        }
    }

    static func + (one: Tally, other: Tally) -> Tally {
        var sum = one
        sum.sessions += other.sessions
        sum.errors.merge(other.errors, uniquingKeysWith: +)
        sum.attempts += other.attempts
        sum.cancelled += other.cancelled
        sum.untyped += other.untyped
        return sum
    }

    var errorsByCode: JSON { .object(errors.mapValues { JSON($0) }) }
}

/// A counter that several tasks change.
final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .relaxed) }

    /// Returns the value before the addition.
    @discardableResult
    func add(_ amount: Int) -> Int { number.add(amount, ordering: .relaxed).oldValue }
}
