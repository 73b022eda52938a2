/// Who takes the logs of calls: a line for each attempt, each wait and each failure; never the key, a session id or an e-mail
/// address. They come when the call has ended, on the task that made it.
///
/// ```swift
/// let client = try Client(logger: { line in print(line) })
/// ```
public typealias Logger = @Sendable (LogLine) -> Void

/// A line of a log.
public struct LogLine: Sendable, CustomStringConvertible {
    /// How much it matters.
    public let level: Level
    /// The event and its fields: `answered attempt=1 status=200 elapsed_ms=3`.
    public let message: String
    /// When it happened, since the beginning of 1970.
    public let time: Duration

    /// How much a line of a log matters.
    public enum Level: String, Sendable { case error, warn, info, debug, trace }

    public var description: String { "\(level) \(message)" }
}

extension LogLine {
    init(_ native: NativeLogLine) {
        level = Level(rawValue: native.level) ?? .info
        message = native.text
        time = .milliseconds(native.at)
    }
}
