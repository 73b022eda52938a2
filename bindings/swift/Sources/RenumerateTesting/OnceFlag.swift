import Foundation

/// Something that happens once.
// SAFETY: `value` is read and written with the lock held, and all else never changes.
final class OnceFlag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false

    var isSet: Bool { lock.withLock { value } }

    func set() { lock.withLock { value = true } }
}
