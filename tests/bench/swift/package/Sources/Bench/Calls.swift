// The tables of calls: what one costs the client, beside what it costs peers.

import ContenderSupport

/// A load: so many calls at once.
struct Section {
    let title: String
    let atOnce: Int
    var tls = false
    /// The processor that the client must keep to, if any, and the one of the server.
    var clientOn: Int?
    var serverOn = 1

    /// Whether the times of calls are told, or how many there were in a second.
    var byTime: Bool { atOnce == 1 }
}

/// A woken processor costs more than most of these calls do. On one processor the client's own cost shows. Not pinned, one
/// call at a time may run there too or wake another processor for each call, as the scheduler likes.
let sections: KeyValuePairs = [
    "one-cpu": Section(title: "1 at a time, client and server on one processor", atOnce: 1, clientOn: 0, serverOn: 0),
    "1": Section(title: "1 at a time, not pinned", atOnce: 1),
    "16": Section(title: "16 at once, not pinned", atOnce: 16),
    "64": Section(title: "64 at once, not pinned", atOnce: 64),
    "tls-1": Section(title: "1 at a time, not pinned", atOnce: 1, tls: true),
    "tls-16": Section(title: "16 at once, not pinned", atOnce: 16, tls: true),
    "tls-64": Section(title: "64 at once, not pinned", atOnce: 64, tls: true),
]

/// A table for each of the sections, which are of one team: its contenders come up once for all of them.
func printCalls(_ sections: [Section], _ server: BenchServer, _ count: Int, _ seconds: Double) throws {
    guard let tls = sections.first?.tls else { return }
    let team = Team(tls: tls, server)
    for section in sections { printCalls(section, try team.measure(section, count, seconds)) }
}

private func printCalls(_ section: Section, _ results: [(contender: Contender, result: Result<Rounds, Failure>)]) {
    let peer = try? results.first { $0.contender == .peer }?.result.get()
    let rows: [(key: String, value: Row)] = results.map { contender, result in
        switch result {
        case .success(let rounds): (contender.title, figures(section, rounds, peer))
        case .failure(let failure): (contender.title, .remark(failure.description))
        }
    }
    printTable(
        "HTTP/1.1\(section.tls ? " over TLS" : ""), \(section.title); ratios to \(Contender.peer.title)",
        [
            section.byTime ? "wall/call" : "calls/s", "ratio", "CPU/call", "ratio", "spread", "requests", "calls",
            "not 200",
        ], rows)
    for case (let contender, .success(let rounds)) in results {
        if rounds.calls == rounds.good && rounds.good == rounds.requests { continue }
        let numbers = "\(rounds.calls) calls, \(rounds.good) sessions, \(rounds.requests) requests"
        print("! \(contender.title): \(numbers): not one number")
    }
}

private func figures(_ section: Section, _ rounds: Rounds, _ peer: Rounds?) -> Row {
    let ratio = peer.map { section.byTime ? rounds.wall / $0.wall : $0.wall / rounds.wall }
    return .figures([
        section.byTime ? micros(rounds.wall) : (1e9 / rounds.wall).fixed(0),
        ratio?.fixed(2) ?? "-",
        micros(rounds.cpu),
        peer.map { (rounds.cpu / $0.cpu).fixed(2) } ?? "-",
        "\((rounds.spread * 100).fixed(0))%",
        "\(rounds.requests)",
        "\(rounds.calls)",
        "\(rounds.refused)",
    ])
}
