import RenumerateTesting
import Testing

/// A runner that meets an expectation which no client can fulfil is no check: each of them must be noticed.
@Suite(.timeLimit(.minutes(5)))
struct AlteredTests {
    @Test
    func everyAlteredExpectationIsNoticed() async throws {
        try await Lanes.alone {
            let sandbox = try await SandboxServer.start(cases: Project.vectors)
            var unnoticed: [String] = []
            let rounds = try rounds()
            for (number, round) in rounds.enumerated() {
                let cases = try JSON.list(round.map(\.case.json)).encoded
                try await sandbox.addCases(cases)
                unnoticed += try await play(round, sandbox, run: number)
            }
            await sandbox.stop()
            let count = rounds.map(\.count).reduce(0, +)
            print("conformance: \(count) altered expectations met in Swift, \(unnoticed.count) unnoticed")
            #expect(unnoticed == [])
            #expect(count > Vectors.cases.count)
        }
    }

    private typealias Round = [(what: String, case: Case)]

    /// One alteration of a case at a time: it has one name.
    private func rounds() throws -> [Round] {
        var seen: [String: Int] = [:]
        var rounds: [Round] = []
        for altered in try Vectors.altered() {
            let number = seen[altered.case.name, default: 0]
            seen[altered.case.name] = number + 1
            if number == rounds.count { rounds.append([]) }
            rounds[number].append(altered)
        }
        return rounds
    }

    private func play(_ round: Round, _ sandbox: SandboxServer, run: Int) async throws -> [String] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            var unnoticed: [String] = []
            for (number, altered) in round.enumerated() {
                if number >= Lanes.count, let missed = try await group.next() ?? nil { unnoticed.append(missed) }
                group.addTask {
                    do {
                        _ = try await CaseRun(altered.case, sandbox, run: run).play()
                        return "\(altered.case.name): \(altered.what)"
                    } catch {
                        return nil
                    }
                }
            }
            for try await missed in group { if let missed { unnoticed.append(missed) } }
            return unnoticed
        }
    }
}
