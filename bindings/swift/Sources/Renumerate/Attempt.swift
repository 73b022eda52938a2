/// One attempt of a call: what it met, and how long it took.
public struct Attempt: Sendable, Hashable {
    /// What it met: an answer, or none.
    public let outcome: Outcome
    /// The HTTP status of the answer, where one came.
    public let status: Int?
    /// How far the attempt came before the network failed it.
    public let phase: NetworkPhase?
    /// The limit that ended the attempt.
    public let limit: TimeoutScope?
    /// The wait before the attempt.
    public let waited: Duration
    /// From the start of the attempt to its last byte, or to its failure.
    public let elapsed: Duration

    /// What an attempt met.
    public enum Outcome: String, Sendable {
        /// An answer with a status.
        case status
        /// A failure of the network.
        case network
        /// No answer in time.
        case timeout
    }
}

/// How far a call came before the network failed it.
public enum NetworkPhase: String, Sendable { case dns, connect, tls, send, read }

/// Which limit ended a call: `connectTimeout`, `attemptTimeout` or `timeout`.
public enum TimeoutScope: String, Sendable { case connect, attempt, total }

extension Attempt {
    init(_ native: NativeAttempt) {
        outcome = Outcome(rawValue: native.outcome) ?? .status
        status = native.status.map(Int.init)
        phase = native.phase.flatMap(NetworkPhase.init)
        limit = native.limit.flatMap(TimeoutScope.init)
        waited = Duration(milliseconds: native.waited)
        elapsed = Duration(milliseconds: native.elapsed)
    }
}
