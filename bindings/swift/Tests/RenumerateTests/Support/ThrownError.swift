import Renumerate
import Testing

/// Returns the `RenumerateError` that the body throws. Fails the test if it throws no error or another one.
func thrownError(
    isolation: isolated (any Actor)? = #isolation, at location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> any Sendable
) async throws -> RenumerateError {
    do {
        _ = try await body()
    } catch let error as RenumerateError {
        return error
    }
    Issue.record("no error was thrown", sourceLocation: location)
    throw CancellationError()
}

extension RenumerateError {
    /// Name of the rejected option or parameter.
    var field: String? {
        switch self {
        case .configuration(let rejection), .validation(let rejection): rejection.field
        default: nil
        }
    }
}
