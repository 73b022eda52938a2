import Glibc

/// Wall time, and the CPU time of this whole process: a native library's threads count too.
struct Stopwatch {
    private let wall = nanoseconds()
    private let cpu = nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID)

    /// The nanoseconds since the start.
    func stop() -> (wall: Int, cpu: Int) {
        (nanoseconds() - wall, nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) - cpu)
    }
}

/// What one of the system's clocks shows.
package func nanoseconds(of clock: clockid_t = CLOCK_MONOTONIC) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
