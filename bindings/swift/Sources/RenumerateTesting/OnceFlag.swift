import Foundation

/// A thread-safe flag that is set once and never reset.
// SAFETY: `value` is accessed only while `lock` is held, and `lock` is immutable.
final class OnceFlag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}
