import Glibc

/// The program of a contender, which sets itself up against a target by `start`. What it does is said by its arguments:
///
/// - `work AUTHORITY URL...` calls as it is told to, see `work`; these are its servers.
/// - `first-session AUTHORITY URL` mints one session, and writes the nanoseconds from here to its id.
/// - `footprint AUTHORITY URL` writes its threads and its memory, stage by stage.
///
/// The authority is the file of its certificate, and empty without TLS. What goes wrong ends the program: its row must
/// not look good then.
package func runContender(_ start: (Target) throws -> Call) async -> Never {
    let started = nanoseconds()
    var arguments = CommandLine.arguments.dropFirst()
    do {
        guard let task = arguments.popFirst(), let authority = arguments.popFirst() else { throw Failure("no task") }
        let targets = arguments.map { Target(url: $0, authority: authority.isEmpty ? nil : authority) }
        guard let target = targets.first else { throw Failure("no URL") }
        switch task {
        case "work":
            try await work(targets, start)
        case "first-session":
            try await Lanes(start(target)).mintFirst()
            print(nanoseconds() - started)
        case "footprint":
            try await writeFootprint(target, start)
        default:
            throw Failure("unknown task: \(task)")
        }
    } catch {
        fail(error)
    }
    exit(0)
}

/// Says what went wrong on stderr, since stdout is for figures, and ends the program where it is: to end only the other
/// calls that are under way may take forever, as cancelled tasks of URLSession can wait for each other.
func fail(_ error: any Error) -> Never {
    let bytes = Array("\(CommandLine.arguments.joined(separator: " ")): \(error)\n".utf8)
    write(STDERR_FILENO, bytes, bytes.count)
    exit(1)
}
