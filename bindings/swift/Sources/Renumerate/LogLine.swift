/// A log line of a call. It describes an attempt, a wait or a failure.
///
/// Log lines never contain the private key, a session id or an e-mail address. The logger receives the lines of a call
/// after the call has ended, on the task that made the call.
///
/// ```swift
/// let client = try RenumerateClient(logger: { line in print(line) })
/// ```
public struct LogLine: Sendable, CustomStringConvertible {
    /// The severity of the line.
    public let level: Level
    /// The name of the event, followed by its fields, such as `answered attempt=1 status=200 elapsed_ms=3`.
    public let message: String
    /// The time of the event, since 1970-01-01 00:00 UTC.
    public let time: Duration

    /// The severity of a log line. The cases are in order, the highest severity first.
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
