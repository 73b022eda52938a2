/// Call of a subject, which returns a session's id.
package enum Call: Sendable {
    /// Called by concurrent tasks.
    case task(@Sendable () async throws -> String)
    /// Creates a call for each thread.
    case threads(@Sendable () throws -> () throws -> String)
}

/// Function that creates a handshake token at each call.
package typealias CreateToken = () throws -> String

/// Error that is printed on stderr.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
