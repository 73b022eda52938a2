import Glibc

/// A lane of calls in a thread of its own.
// SAFETY: between `start` and `join` it is the thread's alone.
final class ThreadLane: @unchecked Sendable {
    private let call: () throws -> String
    private var goesOn: @Sendable (Int) -> Bool = { _ in false }
    private var thread = pthread_t()
    private var tally = Tally()

    init(_ call: @escaping () throws -> String) { self.call = call }

    func start(while goesOn: @escaping @Sendable (Int) -> Bool) throws {
        self.goesOn = goesOn
        // SAFETY: whoever joins holds it.
        let lane = Unmanaged.passUnretained(self).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { lane in
                // SAFETY: it is the lane that was handed over above, and alive until the thread is joined.
                if let lane { Unmanaged<ThreadLane>.fromOpaque(lane).takeUnretainedValue().run() }
                return nil
            }, lane)
        guard failure == 0 else { throw Failure("no thread: error \(failure)") }
    }

    func join() -> Tally {
        pthread_join(thread, nil)
        return tally
    }

    private func run() {
        tally = Tally()
        do {
            while goesOn(tally.calls) { tally.add(try call()) }
        } catch {
            fail(error)
        }
    }
}
