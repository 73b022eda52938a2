// What to make of several figures, and how they are written.

import Foundation

extension [Double] {
    var median: Double {
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

extension Double {
    /// As people write it, in the same way everywhere.
    func fixed(_ digits: Int) -> String {
        formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US")))
    }
}

func megabytes(_ bytes: Double) -> String { "\((bytes / 1e6).fixed(2)) MB" }

func millis(_ nanoseconds: Double) -> String { "\((nanoseconds / 1e6).fixed(1)) ms" }

func micros(_ nanoseconds: Double) -> String { "\((nanoseconds / 1e3).fixed(1)) us" }
