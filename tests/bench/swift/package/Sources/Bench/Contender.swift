import Foundation

/// Who takes part: each is a program of its own, beside this one.
enum Contender: String, CaseIterable {
    case renumerate = "RenumerateContender"
    case urlSession = "URLSessionContender"
    case rawSocket = "RawSocketContender"

    /// Whom the others are compared with: what every backend has.
    static let peer = urlSession

    static func all(tls: Bool) -> [Contender] { allCases.filter { !tls || $0.hasTls } }

    var title: String {
        switch self {
        case .renumerate: "RenumerateClient"
        case .urlSession: "URLSession"
        case .rawSocket: "raw socket, in threads"
        }
    }

    private var hasTls: Bool { self != .rawSocket }

    func command(_ task: String, _ arguments: [String]) -> [String] { [program(rawValue), task] + arguments }
}

/// The path of one of the programs that are built with this one.
func program(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
}
