/// A reply of the driver. Unlike with generated encoders, members that are null are written.
enum JSON: Encodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(_ text: String?) { self = text.map(JSON.text) ?? .null }

    init(_ count: Int?) { self = count.map { .number(Double($0)) } ?? .null }

    init(_ time: Duration?) { self = time.map { .number($0 / .seconds(1)) } ?? .null }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .object(let object): try value.encode(object)
        }
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Dictionary(uniqueKeysWithValues: members))
    }
}
