/// What a contender does again and again: it returns the id of a session.
package enum Call: Sendable {
    /// Awaited by tasks.
    case task(@Sendable () async throws -> String)
    /// Made in threads: each has one of its own, which this makes.
    case threads(@Sendable () throws -> () throws -> String)
}

/// Why a call has no session, for whoever reads stderr.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
