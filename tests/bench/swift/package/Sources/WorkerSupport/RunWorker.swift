import Glibc

/// Main program of a worker, whose function `open` creates a client of a server, and whose function `createTokens`
/// creates what signs tokens. The README in `tests/bench` describes
/// the commands. An error ends the program.
///
/// With the arguments `first-session SUBJECT URL CA_FILE`, it creates one session, and prints the nanoseconds from here
/// to its id.
package func runWorker(
    createTokens: () throws -> CreateToken = { throw Failure("this worker creates no tokens") },
    _ open: (Server) throws -> Call
) async -> Never {
    let started = nanoseconds()
    let arguments = CommandLine.arguments
    do {
        if arguments.count > 1 {
            let server = Server(url: arguments[3], caFile: arguments[4])
            guard try await Callers(open(server)).run(1, Limit(calls: 1)).sessions == 1 else {
                throw Failure("not a session")
            }
            print(nanoseconds() - started)
        } else {
            try await runCommands(createTokens, open)
        }
    } catch {
        fail(error)
    }
    exit(0)
}

/// Prints an error on stderr, and ends the program at once. To end other calls first could take forever, because
/// cancelled tasks of `URLSession` can wait for each other.
func fail(_ error: any Error) -> Never {
    let bytes = Array("\(CommandLine.arguments.joined(separator: " ")): \(error)\n".utf8)
    write(STDERR_FILENO, bytes, bytes.count)
    exit(1)
}
