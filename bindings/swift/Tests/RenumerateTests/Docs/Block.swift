import Foundation
import Testing

/// Code block of a document, with its location.
struct Block: Sendable, CustomTestStringConvertible {
    let file: String
    /// Number of the first line of code.
    let line: Int
    /// Heading of its section.
    let section: String
    let language: String
    /// Paragraph directly above it.
    let paragraph: String
    let code: String

    /// Whether the paragraph above it states that the tests do not run it.
    var isNotRun: Bool { paragraph.contains("not run") }

    var isManifest: Bool { code.contains("import PackageDescription") }

    var isTest: Bool { code.contains("import Testing") || code.contains("import XCTest") }

    var isProgram: Bool { !isManifest && !isTest }

    var testDescription: String { "\(URL(fileURLWithPath: file).lastPathComponent):\(line)" }

    /// The code with a directive, so that compilers report locations in the document.
    var located: String { "#sourceLocation(file: \(file.debugDescription), line: \(line))\n\(code)\n" }

    /// Reads the code blocks of a Markdown file, or of the comments in a source file.
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
        if let opened { throw UnclosedBlock(description: "\(file): the block at line \(opened + 1) is not closed") }
        return blocks
    }

    /// Returns the text of a documentation comment, or an empty string for other lines.
    private static func comment(_ line: String) -> String {
        let text = line.drop { $0 == " " }
        guard text.hasPrefix("///") else { return "" }
        let content = text.dropFirst(3)
        return String(content.hasPrefix(" ") ? content.dropFirst() : content)
    }

    private struct UnclosedBlock: Error, CustomStringConvertible {
        let description: String
    }
}
