import Foundation
import Renumerate
import RenumerateTesting

/// Something is not as a case expects it.
struct Difference: Error, CustomStringConvertible {
    let description: String

    static func check<Value: Equatable>(_ what: String, _ seen: Value, _ expected: Value) throws {
        if seen != expected { throw Difference(description: "\(what): \(seen), and should be \(expected)") }
    }
}

/// One run of one case: make the client, make the call, compare what came of it and what went over the wire.
struct CaseRun {
    private let sandbox: SandboxServer
    private let key: String
    private let played: JSON

    init(_ written: Case, _ sandbox: SandboxServer, run: Int) throws {
        self.sandbox = sandbox
        key = "sk_case_\(written.name).planted\(run)x"
        let host = sandbox.url.dropFirst("http://".count)
        let text = try written.json.encoded.replacing("\\/", with: "/")
            .replacing("${key}", with: key).replacing("${base_url}", with: sandbox.url).replacing("${host}", with: host)
        played = try JSON.decoded(text)
    }

    /// What must be shown nowhere: the key's own part, the session's id, the customer's e-mail.
    var secrets: [String] {
        let id = played["outcome"]?["session"]?["id"]?.string ?? ""
        let email = played["call"]?["parameters"]?["customer_email"]?.string ?? ""
        return [String(key.split(separator: ".").last ?? "")] + (id.count > 64 ? [id] : [])
            + (email.contains("john.doe@") ? [email] : [])
    }

    /// Returns all that was shown; throws where anything differs from what the case expects.
    func play() async throws -> String {
        var shown = ""
        let seen: Result<any RenumerateSession, RenumerateError>
        do {
            let call = try CaseCall(played, key: key, baseUrl: sandbox.url)
            shown += "\(call.client) \(String(reflecting: call.client))"
            dump(call.client, to: &shown)
            for _ in 0..<(played["warm_up"]?.int ?? 0) {
                do { _ = try await call.make() } catch { shown += String(reflecting: error) }
            }
            while try await mustClose() { try await Task.sleep(for: .milliseconds(2)) }
            seen = .success(try await call.make())
        } catch let error as RenumerateError {
            seen = .failure(error)
        }
        show(seen, &shown)
        try Judgement(played["outcome"] ?? .null).judge(seen)
        try await judgeWire()
        return shown
    }

    private func show(_ seen: Result<any RenumerateSession, RenumerateError>, _ shown: inout String) {
        switch seen {
        case .success(let session):
            shown += "\(session) \(String(reflecting: session))"
            dump(session, to: &shown)
        case .failure(let error):
            shown += "\(error) \(String(reflecting: error)) \(error.localizedDescription)"
            dump(error, to: &shown)
        }
    }

    private var exchanges: [JSON] { played["exchanges"]?.items ?? [] }

    /// Whether the sandbox has yet to close a connection that its answers so far say it will.
    private func mustClose() async throws -> Bool {
        zip(try await sandbox.requests(key: key), exchanges).contains { request, exchange in
            exchange["answer"]?["close_after_ms"] != nil && request.problem == nil && !request.isClosed
        }
    }

    private func judgeWire() async throws {
        let requests = try await sandbox.requests(key: key)
        for request in requests { try Difference.check("the wire's problem", request.problem, nil) }
        try Difference.check("requests on the wire", requests.count, exchanges.count)
        for (index, pair) in zip(requests, requests.dropFirst()).enumerated() {
            let gap = pair.1.time - pair.0.time
            let wanted = Duration.milliseconds(exchanges[index + 1]["request"]?["min_gap_ms"]?.int ?? 0)
            guard gap >= wanted else {
                throw Difference(
                    description: "a request came \(gap) after the one before it, and not \(wanted) or more")
            }
        }
    }
}
