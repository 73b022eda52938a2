/// The value of an option or a parameter that is given by its name. Whether it is of a type that the name can take is said
/// when it is used.
///
/// ```swift
/// let client = try RenumerateClient(options: ["timeout": .duration(.seconds(10)), "maxRetries": 3, "appInfo": "Shop/1.2"])
/// ```
public enum SettingValue: Sendable, Hashable {
    /// A URL, a path, a name, an id.
    case text(String)
    /// A count, or a time in milliseconds.
    case number(Double)
    /// A time.
    case duration(Duration)
    /// None, which is as good as not giving it.
    case absent
}

extension SettingValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByNilLiteral
{
    /// A text, as it is written.
    public init(stringLiteral value: String) { self = .text(value) }

    /// A number, as it is written.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }

    /// A number, as it is written.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// None.
    public init(nilLiteral: ()) { self = .absent }
}

/// It shows of what type it is, and not the value: that may be a key.
extension SettingValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Its type, and its value where that is a number.
    public var description: String {
        switch self {
        case .text: ".text(…)"
        case .number(let number): ".number(\(number))"
        case .duration(let duration): ".duration(\(duration))"
        case .absent: ".absent"
        }
    }

    /// The same.
    public var debugDescription: String { description }

    /// Nothing.
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
