/// The value of an option or a parameter that is set by name.
///
/// If a value has the wrong type, the client's initializer or the call throws an error.
///
/// ```swift
/// let client = try RenumerateClient(options: ["timeout": .duration(.seconds(10)), "maxRetries": 3, "appInfo": "Shop/1.2"])
/// ```
public enum SettingValue: Sendable, Hashable {
    /// A string: a URL, a path, a name or an id.
    case text(String)
    /// A count, or a timeout in milliseconds.
    case number(Double)
    /// A timeout.
    case duration(Duration)
    /// No value. This has the same effect as leaving out the option or parameter.
    case absent
}

extension SettingValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    /// Creates a `text` value from a string literal.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Creates a `number` value from an integer literal.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }

    /// Creates a `number` value from a floating-point literal.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Creates an `absent` value from `nil`.
    public init(nilLiteral: ()) { self = .absent }
}

/// Descriptions never show the string of a `text` value, because it may be a private key.
extension SettingValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the case, followed by the value if it is a number or a duration.
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
