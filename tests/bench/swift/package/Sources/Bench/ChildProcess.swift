import ContenderSupport
import Foundation

// Proxies and files of certificates are looked at by some libraries. RENUMERATE_* would change our client.
private func changesAClient(_ variable: String) -> Bool {
    let name = variable.uppercased()
    return name.hasSuffix("_PROXY")
        || ["RENUMERATE_", "SSL_CERT_", "CURL_", "URLSESSION"].contains(where: name.hasPrefix)
}

private let cleanEnvironment = ProcessInfo.processInfo.environment.filter { !changesAClient($0.key) }
    .map { "\($0)=\($1)" }

private let patience: Int32 = 120_000  // milliseconds

/// A program that is given lines and answers by lines; what it says on stderr is said on ours. It is not Foundation's
/// `Process`, which hears of an end some time after it.
final class ChildProcess {
    let id: pid_t
    private let input: Int32
    private let output: Int32
    private var unread: [UInt8] = []
    private var ended: Int32?

    init(_ command: [String]) throws {
        let (theirInput, input) = try makePipe()
        let (output, theirOutput) = try makePipe()
        defer { [theirInput, theirOutput].forEach { close($0) } }
        id = try spawn(command, theirInput, theirOutput)
        (self.input, self.output) = (input, output)
    }

    deinit {
        _ = end()
        close(output)
    }

    func tell(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        write(input, bytes, bytes.count)
    }

    /// The next line, unless there is none any more. One that says nothing for too long is stuck, and is ended.
    func line() -> String? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, patience) == 0 { kill(id, SIGKILL) }
            let length = read(output, &chunk, chunk.count)
            if length <= 0 { return nil }
            unread += chunk[..<length]
        }
    }

    /// Has no more to tell it, which ends most programs, and waits for the end.
    ///
    /// - Returns: Its status, and 128 more than the signal that ended it.
    func end() -> Int32 {
        if let ended { return ended }
        close(input)
        var status: Int32 = 0
        waitpid(id, &status, 0)
        let signal = status & 0x7f
        let code = signal == 0 ? status >> 8 & 0xff : 128 + signal
        ended = code
        return code
    }

    /// The only line of a program that is to write one and to end well.
    static func answer(of command: [String]) throws -> String {
        let process = try ChildProcess(command)
        let line = process.line()
        let status = process.end()
        guard status == 0, let line else { throw Failure("failed with status \(status): see its message on stderr") }
        return line
    }
}

private func spawn(_ command: [String], _ input: Int32, _ output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    var id = pid_t()
    let failure = withStrings(command) { arguments in
        withStrings(cleanEnvironment) { posix_spawnp(&id, command[0], &actions, nil, arguments, $0) }
    }
    guard failure == 0 else { throw Failure("\(command[0]) cannot be run: \(String(cString: strerror(failure)))") }
    return id
}

/// An end to read from and one to write to, which other programs do not inherit.
private func makePipe() throws -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure("no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

/// As C has them, with a null at the end.
// SAFETY: the copies live until the work is done, and it keeps none.
private func withStrings<T>(_ strings: [String], _ work: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return work(copies + [nil])
}
