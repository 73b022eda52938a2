/// The value of an option or a parameter that is set by name.
///
/// A value of the wrong type is reported when it is used: by the client's initializer or by the call.
///
/// ```swift
/// let client = try RenumerateClient(options: ["timeout": .duration(.seconds(10)), "maxRetries": 3, "appInfo": "Shop/1.2"])
/// ```
public enum SettingValue: Sendable, Hashable {
    /// A text: a URL, a path, a name or an id.
    case text(String)
    /// A count, or a timeout in milliseconds.
    case number(Double)
    /// A timeout.
    case duration(Duration)
    /// No value. The effect is the same as omitting the name.
    case absent
}

extension SettingValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    /// Creates a text from a literal.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Creates a number from a literal.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }

    /// Creates a number from a literal.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Creates an absent value from `nil`.
    public init(nilLiteral: ()) { self = .absent }
}

/// Descriptions never show a text, because it may be a key.
extension SettingValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The type, and the value if it is a number or a duration.
    public var description: String {
        switch self {
        case .text: ".text(…)"
        case .number(let number): ".number(\(number))"
        case .duration(let duration): ".duration(\(duration))"
        case .absent: ".absent"
        }
    }

    /// The same text as `description`.
    public var debugDescription: String { description }

    /// An empty mirror, which does not show the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SettingValue {
    init(_ text: String?) { self = text.map(SettingValue.text) ?? .absent }

    init(_ duration: Duration?) { self = duration.map(SettingValue.duration) ?? .absent }

    init(_ count: Int?) { self = count.map { .number(Double($0)) } ?? .absent }

    var native: NativeValue {
        switch self {
        case .text(let text): .text(text: text)
        case .number(let number): .number(number: number)
        case .duration(let duration): .number(number: duration.milliseconds)
        case .absent: .absent
        }
    }
}
