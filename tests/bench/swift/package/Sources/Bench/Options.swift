/// Arguments that make no sense, and which would.
struct Misuse: Error {
    let reason: String
}

/// What else can be asked for by name, beside the sections of calls.
enum Part: String, CaseIterable {
    case startUp = "start-up"
    case startUpTls = "tls-start-up"
    case footprint
    case sizes
}

struct Options {
    private(set) var server = ""  // the program renumerate-bench
    private(set) var home = ""  // what the build has written
    private(set) var rounds = 15  // how many for each contender
    private(set) var seconds = 0.5  // how long each takes
    private var only = Self.names

    private static let names = sections.map(\.key) + Part.allCases.map(\.rawValue)
    private static let usage = """
        arguments: [--rounds N] [--seconds N] [--only SECTION...]
        sections: \(names.joined(separator: ", "))
        """

    init(_ arguments: [String]) throws(Misuse) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--server": server = try Self.value(rest.popFirst())
            case "--home": home = try Self.value(rest.popFirst())
            case "--rounds": rounds = try Self.value(rest.popFirst().flatMap(Int.init)) { $0 >= 1 }
            case "--seconds": seconds = try Self.value(rest.popFirst().flatMap(Double.init)) { $0 > 0 }
            case "--only":
                let given = Array(rest.prefix { !$0.hasPrefix("--") })
                only = try Self.value(given) { !$0.isEmpty && $0.allSatisfy(Self.names.contains) }
                rest = rest.dropFirst(given.count)
            default: throw Misuse(reason: "\(name) is unknown\n\(Self.usage)")
            }
        }
    }

    private static func value<T>(_ value: T?, _ isGood: (T) -> Bool = { _ in true }) throws(Misuse) -> T {
        guard let value, isGood(value) else { throw Misuse(reason: usage) }
        return value
    }

    func includes(_ part: Part) -> Bool { only.contains(part.rawValue) }

    func calls(tls: Bool) -> [Section] {
        sections.filter { only.contains($0.key) && $0.value.tls == tls }.map(\.value)
    }
}
