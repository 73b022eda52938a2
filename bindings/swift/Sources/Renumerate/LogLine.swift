/// A log line of a call or of a handshake token. It describes an attempt, a wait or the end of a call, or, as
/// `token failed`, a handshake token that cannot be created.
///
/// The end of a call is a `warning` if the network, the service or the settings failed, an `info` if the call was
/// rejected, such as by a 404, else a `debug`. Log lines never contain the private key, a session id or an e-mail address. The logger receives
/// the lines of a call after the call has ended, on the task that made the call. It receives no lines of a cancelled
/// call.
///
/// ```swift
/// let client = try RenumerateClient(logger: { line in print(line) })
/// ```
public struct LogLine: Sendable, CustomStringConvertible {
    /// The severity of the line.
    public let level: Level
    /// The event and its fields: `renumerate: attempt ended call_id=5f0c9b1e-17 endpoint=retention … elapsed_ms=3`.
    public let message: String
    /// The time of the event, since 1970-01-01 00:00 UTC.
    public let time: Duration
    /// The constant text that names the event, such as `attempt ended`.
    public let event: String
    /// The fields of the event by name, such as `call_id`.
    public let fields: [String: Value]

    /// The severity of a log line. The cases are in order, the highest severity first.
    public enum Level: String, Sendable { case error, warning, info, debug, trace }

    /// The value of a field.
    public enum Value: Sendable, Hashable, CustomStringConvertible {
        case text(String)
        case number(Int64)

        public var description: String {
            switch self {
            case .text(let text): text
            case .number(let number): String(number)
            }
        }
    }

    public var description: String { "\(level) \(message)" }
}

extension LogLine {
    init(_ native: NativeLogLine) {
        level = native.level == "warn" ? .warning : Level(rawValue: native.level) ?? .info
        message = native.text
        time = .microseconds(native.at)
        event = native.event
        fields = Dictionary(native.fields.map { ($0.name, Value($0.value)) }, uniquingKeysWith: { $1 })
    }
}

extension LogLine.Value {
    fileprivate init(_ native: NativeLogValue) {
        switch native {
        case .text(let text): self = .text(text)
        case .number(let number): self = .number(number)
        }
    }
}
