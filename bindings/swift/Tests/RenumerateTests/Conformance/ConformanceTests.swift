import Foundation
import RenumerateTesting
import Testing

/// Every case of `tests/vectors`, and at the end how many there were.
@Suite(.timeLimit(.minutes(5)))
struct ConformanceTests {
    @Test(arguments: Vectors.cases)
    func `case`(_ played: Case) async throws {
        try await Lanes.one {
            let run = try CaseRun(played, try await Played.sandbox.value, run: 0)
            do {
                await Played.all.add(try await run.play(), run.secrets)
            } catch {
                await Played.all.add("", run.secrets)
                throw error
            }
        }
    }

    /// Waits for the last of them, counts them, and looks for secrets in all that was shown.
    @Test
    func everyCaseRanAndShowedNoSecret() async throws {
        while await Played.all.count < Vectors.cases.count { try await Task.sleep(for: .milliseconds(20)) }
        let (shown, secrets) = await (Played.all.shown, Played.all.secrets)
        print("conformance: \(await Played.all.count) cases ran in Swift")
        #expect(!Vectors.cases.isEmpty)
        #expect(secrets.filter { shown.contains($0) } == [])
        #expect(shown.utf8.count > 300 * Vectors.cases.count)
        try await Played.sandbox.value.stop()
    }
}

/// What the cases have left behind.
actor Played {
    static let all = Played()
    static let sandbox = Task { try await SandboxServer.start(cases: Project.vectors) }

    private(set) var count = 0
    private(set) var shown = ""
    private(set) var secrets: [String] = []

    func add(_ shown: String, _ secrets: [String]) {
        count += 1
        self.shown += shown
        self.secrets += secrets
    }
}
