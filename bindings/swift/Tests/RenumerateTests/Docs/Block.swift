import Foundation
import Testing

/// A block of code in a document, which says where it stands.
struct Block: Sendable, CustomTestStringConvertible {
    let file: String
    /// The line of its first line of code.
    let line: Int
    /// The heading above it.
    let section: String
    let language: String
    /// The paragraph right above it.
    let paragraph: String
    let code: String

    /// Whether it is told to readers that nobody runs it.
    var isNotRun: Bool { paragraph.contains("not run") }

    var isManifest: Bool { code.contains("import PackageDescription") }

    var isTest: Bool { code.contains("import Testing") || code.contains("import XCTest") }

    var isProgram: Bool { !isManifest && !isTest }

    var testDescription: String { "\(URL(fileURLWithPath: file).lastPathComponent):\(line)" }

    /// The code, of which compilers say that it stands where it does.
    var located: String { "#sourceLocation(file: \(file.debugDescription), line: \(line))\n\(code)\n" }

    /// The blocks of a Markdown file, or of the comments of a source.
    static func all(in file: String) throws -> [Block] {
        var lines = try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\n")
        if file.hasSuffix(".swift") { lines = lines.map(comment) }
        var blocks: [Block] = []
        var section = ""
        var opened: Int?
        for (at, line) in lines.enumerated() {
            if let start = opened {
                guard line == "```" else { continue }
                let above = lines[..<start].reversed().drop { $0.isEmpty }.prefix { !$0.isEmpty }
                blocks.append(
                    Block(
                        file: file, line: start + 2, section: section, language: String(lines[start].dropFirst(3)),
                        paragraph: above.reversed().joined(separator: " "),
                        code: lines[(start + 1)..<at].joined(separator: "\n")))
                opened = nil
            } else if line.hasPrefix("```") {
                opened = at
            } else if line.hasPrefix("## ") {
                section = String(line.dropFirst(3))
            }
        }
        if let opened { throw Unfinished(description: "\(file): the block of line \(opened + 1) has no end") }
        return blocks
    }

    /// What a line says as a comment; nothing where it is none.
    private static func comment(_ line: String) -> String {
        let text = line.drop { $0 == " " }
        guard text.hasPrefix("///") else { return "" }
        let said = text.dropFirst(3)
        return String(said.hasPrefix(" ") ? said.dropFirst() : said)
    }

    private struct Unfinished: Error, CustomStringConvertible {
        let description: String
    }
}
