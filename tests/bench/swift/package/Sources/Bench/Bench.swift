// The SDK for Swift beside its peers, in one run: calls, first sessions, threads and memory, sizes.
//
// Rounds are interleaved and each contender has a process of its own. Ratios are what to quote: machines are noisy, and
// differ. Nothing is asserted of times.

import ContenderSupport
import Foundation

@main
enum Bench {
    static func main() {
        signal(SIGPIPE, SIG_IGN)  // a contender that has failed says so itself
        do {
            try measure(try Options(Array(CommandLine.arguments.dropFirst())))
        } catch let misuse as Misuse {
            refuse(misuse.reason, status: 2)
        } catch {
            refuse("\(error)", status: 1)
        }
    }

    private static func measure(_ options: Options) throws {
        let started = nanoseconds()
        print(facts())
        print("\(options.rounds) interleaved rounds of \(options.seconds) s for each contender, over loopback.")
        print(
            "Figures are medians. Machines are noisy: quote ratios, and take those that differ by less than the spread "
                + "for a tie.")
        print("A ratio is the figure before it divided by the peer's. CPU is that of the client's process alone.")
        if !canPin { print("! processors 0 and 1 are not both ours: who runs where is the scheduler's choice") }
        let server = try BenchServer(program: options.server, home: options.home)
        addToPlatform(server.authority, home: options.home)
        for tls in [false, true] {
            try printCalls(options.calls(tls: tls), server, options.rounds, options.seconds)
        }
        if options.includes(.startUp) { try printStartUp(tls: false, server) }
        if options.includes(.startUpTls) { try printStartUp(tls: true, server) }
        if options.includes(.footprint) { printFootprint(server) }
        if options.includes(.sizes) { try printSizes(home: options.home) }
        print("\nall that took \((nanoseconds() - started) / 1_000_000_000) s")
    }

    private static func refuse(_ reason: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data("\(reason)\n".utf8))
        exit(status)
    }
}
