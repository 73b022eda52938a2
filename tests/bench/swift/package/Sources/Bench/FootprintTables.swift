// The tables of threads and memory that each contender takes, stage by stage.

import ContenderSupport

private let times = 3
private let stages = [
    "before", "constructed", "called", "after \(Double(footprintCalls).fixed(0)) calls, \(footprintAtOnce) at once",
]

/// One of the two numbers of each stage.
private enum Number: Int {
    case threads
    case memory
}

func printFootprint(_ server: BenchServer) {
    let results = Contender.allCases.map { contender in
        (contender, Result { try (0..<times).map { _ in try probe(contender, server) } })
    }
    func table(_ title: String, _ number: Number, _ text: (Double) -> String) {
        printTable(title, stages, results.map { ($0.title, row($1, number, text)) })
    }
    table("threads; those before are Swift's own", .threads) { $0.fixed(0) }
    table("resident memory", .memory, megabytes)
}

private func probe(_ contender: Contender, _ server: BenchServer) throws -> [Double] {
    let line = try ChildProcess.answer(of: contender.command("footprint", server.arguments(1, tls: false)))
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 2 * stages.count else { throw Failure("does not say what it takes") }
    return numbers
}

private func row(_ runs: Result<[[Double]], any Error>, _ number: Number, _ text: (Double) -> String) -> Row {
    switch runs {
    case .failure(let error): .remark("\(error)")
    case .success(let runs):
        .figures(stages.indices.map { stage in text(runs.map { $0[2 * stage + number.rawValue] }.median) })
    }
}
