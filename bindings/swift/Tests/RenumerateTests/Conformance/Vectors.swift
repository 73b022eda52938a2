import Foundation
import Testing

/// A case that every language plays.
struct Case: Sendable, CustomTestStringConvertible {
    let json: JSON

    var name: String { json["name"]?.string ?? "" }

    var testDescription: String { name }
}

/// The cases, and their expectations altered.
enum Vectors {
    /// Every case, in the order of the files.
    static let cases: [Case] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Project.vectors)) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted().flatMap { file in
            ((try? JSON.file("\(Project.vectors)/\(file)"))?["cases"]?.items ?? []).map(Case.init)
        }
    }()

    /// What was altered, and the case that no client can fulfil: the sandbox's crate writes them.
    static func altered() throws -> [(what: String, case: Case)] {
        try JSON.file("\(Project.root)/target/mutated-cases.json").items.map { item in
            (item["what"]?.string ?? "", Case(json: item["case"] ?? .null))
        }
    }

    /// What a name of the cases is in this language.
    static func camelCase(_ text: String) -> String {
        text.replacing(/([a-z])_([a-z])/) { "\($0.output.1)\($0.output.2.uppercased())" }
    }
}
