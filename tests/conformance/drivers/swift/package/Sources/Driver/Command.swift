import Renumerate

/// A command of the conformance program, one line of JSON. `tests/README.md` documents the protocol.
struct Command: Decodable {
    let `do`: Name
    let client: [String: NamedValue]?
    let log: Bool?
    let method: String?
    let parameters: [String: NamedValue]?
    let options: [String: NamedValue]?
    let count: Int?
    let concurrency: Int?
    let maxDelay: Double?

    enum Name: String, Decodable { case open, call, calls, cancel, measure, close }

    private enum CodingKeys: String, CodingKey {
        case `do`, client, log, method, parameters, options, count, concurrency
        case maxDelay = "max_delay"
    }
}

/// Value of an option or a parameter: a text, or a number, which is a count or a time in milliseconds.
enum NamedValue: Decodable {
    case absent
    case text(String)
    case number(Double)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .absent
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .number(try value.decode(Double.self))
        }
    }

    /// The same value for the methods that accept options and parameters by name.
    var setting: SettingValue {
        switch self {
        case .absent: .absent
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        }
    }

    var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var time: Duration? {
        if case .number(let number) = self { .microseconds(Int(number * 1e3)) } else { nil }
    }

    var count: Int? {
        if case .number(let number) = self { Int(exactly: number) } else { nil }
    }

    var isText: Bool {
        if case .absent = self { true } else { string != nil }
    }

    var isCount: Bool {
        if case .absent = self { true } else { count != nil }
    }
}
