// The tables of first sessions: what a fresh process takes to its first one.

import ContenderSupport

private let times = 21

/// A program that is started again and again.
private final class Program {
    private let command: [String]
    private var withinMain: [Double] = []
    private var processes: [Double] = []
    private(set) var failure: Failure?
    var requests = 0

    init(_ command: [String]) { self.command = command }

    /// To the first session, from the first line of the program; nanoseconds.
    var session: Double { withinMain.median }

    /// From the start of the process to its end.
    var process: Double { processes.median }

    func run() throws {
        if failure != nil { return }
        let started = nanoseconds()
        let process = try ChildProcess(command)
        let line = process.line()
        let status = process.end()
        processes.append(Double(nanoseconds() - started))
        if status != 0 { failure = Failure("failed with status \(status): see its message on stderr") }
        if let took = line.flatMap(Double.init) { withinMain.append(took) }
    }

    /// What ran before counts no longer: from now on files are in the system's cache.
    func forget() {
        withinMain = []
        processes = []
    }
}

func printStartUp(tls: Bool, _ server: BenchServer) throws {
    let empty = Program([program("Empty")])
    let programs = Contender.all(tls: tls).map { contender in
        (contender, Program(contender.command("first-session", server.arguments(1, tls: tls))))
    }
    for time in 0...times {
        try empty.run()
        for (_, program) in programs {
            let before = try server.counts(1, tls: tls)
            try program.run()
            program.requests += try (server.counts(1, tls: tls) - before).requests
        }
        if time == 0 { ([empty] + programs.map(\.1)).forEach { $0.forget() } }
    }
    if let failure = empty.failure { throw failure }
    let peer = programs.first { $0.0 == .peer && $0.1.failure == nil }?.1
    printTable(
        "a fresh process to its first session\(tls ? " over TLS" : ""), from the first line of the program; and the whole "
            + "process, net of an empty one (\(millis(empty.process))); \(times) each after one that does not count; "
            + "ratios to \(Contender.peer.title)",
        ["first session", "ratio", "process", "ratio", "requests", "processes"],
        programs.map { ($0.title, row($1, peer, empty)) })
    for (contender, program) in programs where program.failure == nil && program.requests != times + 1 {
        print("! \(contender.title): \(program.requests) requests of \(times + 1) processes")
    }
}

private func row(_ own: Program, _ peer: Program?, _ empty: Program) -> Row {
    if let failure = own.failure { return .remark(failure.description) }
    func ratio(_ of: (Program) -> Double) -> String { peer.map { (of(own) / of($0)).fixed(2) } ?? "-" }
    func net(_ program: Program) -> Double { program.process - empty.process }
    return .figures([
        millis(own.session), ratio(\.session), millis(net(own)), ratio(net), "\(own.requests)", "\(times + 1)",
    ])
}
