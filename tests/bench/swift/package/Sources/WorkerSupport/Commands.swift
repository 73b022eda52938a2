import Glibc

/// A flat JSON object without spaces and escapes. Foundation, which could parse it, must not be loaded.
private struct Command {
    private var fields: [Substring: Substring] = [:]

    init(_ line: String) {
        for field in line.dropFirst().dropLast().split(separator: ",\"") {
            guard let colon = field.firstIndex(of: ":") else { continue }
            let name = field[..<colon].drop { $0 == "\"" }.dropLast()
            let value = field[field.index(after: colon)...]
            fields[name] = value.hasPrefix("\"") ? value.dropFirst().dropLast() : value
        }
    }

    func text(_ name: Substring) throws -> String {
        guard let value = fields[name] else { throw Failure("no \(name)") }
        return String(value)
    }

    func number(_ name: Substring) -> Double? { fields[name].flatMap { Double($0) } }
}

/// Runs the commands that are read from standard input.
func runCommands(_ createTokens: () throws -> CreateToken, _ open: (Server) throws -> Call) async throws {
    // Clients are kept, because their connections stay open while other sections use another server.
    var clients: [String: Callers] = [:]
    var client: Callers?
    say("{}")
    while let line = readLine() {
        let command = Command(line)
        switch try command.text("do") {
        case "open":
            let server = Server(url: try command.text("base_url"), caFile: try command.text("ca_file"))
            client = try clients[server.url] ?? Callers(open(server))
            clients[server.url] = client
            say("{}")
        case "calls":
            guard let client else { throw Failure("`open` comes before `calls`") }
            say(try await makeCalls(client, command))
        case "tokens":
            let create = try createTokens()
            guard let count = command.number("count").map({ Int($0) }) else { throw Failure("no count") }
            let (wallBefore, cpuBefore) = (nanoseconds(), nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID))
            for _ in 0..<count where try create().isEmpty { throw Failure("a token is empty") }
            let wall = Double(nanoseconds() - wallBefore) / 1e9
            let cpu = Double(nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) - cpuBefore) / 1e9
            say("{\"wall_seconds\":\(wall),\"cpu_seconds\":\(cpu)}")
        case let other:
            throw Failure("unknown command: \(other)")
        }
    }
}

/// Measures wall time, and CPU time of the whole process, which includes threads of native libraries.
private func makeCalls(_ client: Callers, _ command: Command) async throws -> String {
    guard let callers = command.number("concurrency").map({ Int($0) }) else { throw Failure("no concurrency") }
    let (wallBefore, cpuBefore) = (nanoseconds(), nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID))
    var limit = Limit()
    if let count = command.number("count") { limit.calls = Int(count) / callers }
    if let seconds = command.number("seconds") { limit.end = wallBefore + Int(seconds * 1e9) }
    let counts = try await client.run(callers, limit)
    let wall = Double(nanoseconds() - wallBefore) / 1e9
    let cpu = Double(nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) - cpuBefore) / 1e9
    return """
        {"wall_seconds":\(wall),"cpu_seconds":\(cpu),"calls":\(counts.calls),"sessions":\(counts.sessions)}
        """
}

private func say(_ reply: String) {
    print(reply)
    fflush(nil)
}

/// Time of one of the system's clocks.
func nanoseconds(of clock: clockid_t = CLOCK_MONOTONIC) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
