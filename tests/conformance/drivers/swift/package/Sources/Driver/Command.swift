import Renumerate

/// What the driver is told by one line.
struct Command: Decodable {
    let `do`: Deed
    let client: [String: NamedValue]?
    let log: Bool?
    let method: String?
    let parameters: [String: NamedValue]?
    let options: [String: NamedValue]?
    let count: Int?
    let atOnce: Int?
    let longest: Double?

    enum Deed: String, Decodable { case open, call, calls, cancel, measure, close }

    private enum CodingKeys: String, CodingKey {
        case `do`, client, log, method, parameters, options, count, longest
        case atOnce = "at_once"
    }
}

/// The value of an option or a parameter, as it is told.
enum NamedValue: Decodable {
    case absent
    case text(String)
    case number(Double)

    /// What is neither does not decode: no value that Swift's users can give is of such a type.
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
}

/// By the names of this language, with times as it writes them.
func translated(_ named: [String: NamedValue]) -> [String: SettingValue] {
    let pairs = named.map { name, value in
        let words = name.split(separator: "_")
        let camelCase = words.prefix(1) + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return (camelCase.joined(), translated(value, isTime: name.hasSuffix("timeout")))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
}

private func translated(_ value: NamedValue, isTime: Bool) -> SettingValue {
    switch value {
    case .absent: .absent
    case .text(let text): .text(text)
    case .number(let seconds) where isTime && seconds.isFinite: .duration(.seconds(seconds))
    case .number(let number): .number(number)
    }
}
