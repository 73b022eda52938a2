import Glibc

/// Caller in a thread of its own.
// SAFETY: between `start` and `join` only the thread uses it.
final class ThreadCaller: @unchecked Sendable {
    private let call: () throws -> String
    private var limit = Limit()
    private var thread = pthread_t()
    private var counts = Counts()

    init(_ call: @escaping () throws -> String) { self.call = call }

    func start(_ limit: Limit) throws {
        self.limit = limit
        // SAFETY: the caller of `join` holds a reference to it.
        let caller = Unmanaged.passUnretained(self).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { caller in
                // SAFETY: it is the object that was passed above, which is alive until the thread is joined.
                if let caller { Unmanaged<ThreadCaller>.fromOpaque(caller).takeUnretainedValue().run() }
                return nil
            }, caller)
        guard failure == 0 else { throw Failure("cannot start a thread: error \(failure)") }
    }

    func join() -> Counts {
        pthread_join(thread, nil)
        return counts
    }

    private func run() {
        counts = Counts()
        do {
            while limit.allows(counts.calls) { counts.add(try call()) }
        } catch {
            fail(error)
        }
    }
}
