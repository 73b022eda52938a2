// Plain-text tables: the name on the left, figures on the right.

import Foundation

private let leastWidth = 28  // of names: columns of most tables stand below each other

/// What stands beside a name: figures, or a remark instead of them.
enum Row {
    case figures([String])
    case remark(String)
}

func printTable(_ title: String, _ head: [String], _ rows: KeyValuePairs<String, Row>) {
    printTable(title, head, Array(rows))
}

func printTable(_ title: String, _ head: [String], _ rows: [(key: String, value: Row)]) {
    let figures = rows.compactMap { row in
        if case .figures(let cells) = row.value { cells } else { nil }
    }
    let widths = head.indices.map { column in 2 + ([head] + figures).map { $0[column].count }.reduce(0, max) }
    let names = rows.map(\.key.count).reduce(leastWidth, max)
    func line(_ name: String, _ cells: [String]) -> String {
        name.padded(to: names) + zip(cells, widths).map { $0.leftPadded(to: $1) }.joined()
    }
    print("\n\(title)")
    print(line("", head))
    for (name, row) in rows {
        switch row {
        case .figures(let cells): print(line(name, cells))
        case .remark(let text): print("\(name.padded(to: names))  \(text)")
        }
    }
    fflush(nil)
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
