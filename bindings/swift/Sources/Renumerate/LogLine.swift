/// A line of a call's log: of an attempt, a wait or a failure. It never holds the key, a session id or an e-mail address. A
/// logger gets the lines when the call has ended, on the task that made it.
///
/// ```swift
/// let client = try RenumerateClient(logger: { line in print(line) })
/// ```
public struct LogLine: Sendable, CustomStringConvertible {
    /// How much it matters.
    public let level: Level
    /// The event and its fields: `answered attempt=1 status=200 elapsed_ms=3`.
    public let message: String
    /// When it happened, since the beginning of 1970.
    public let time: Duration

    /// How much a line of a log matters.
    public enum Level: String, Sendable { case error, warning, info, debug, trace }

    public var description: String { "\(level) \(message)" }
}

extension LogLine {
    init(_ native: NativeLogLine) {
        level = native.level == "warn" ? .warning : Level(rawValue: native.level) ?? .info
        message = native.text
        time = .milliseconds(native.at)
    }
}
