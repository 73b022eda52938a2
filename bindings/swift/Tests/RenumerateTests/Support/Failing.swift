import Renumerate
import Testing

/// The error that the work throws, which must be one of ours.
func error(
    isolation: isolated (any Actor)? = #isolation, at place: SourceLocation = #_sourceLocation,
    _ work: () async throws -> any Sendable
) async throws -> RenumerateError {
    do {
        _ = try await work()
    } catch let error as RenumerateError {
        return error
    }
    Issue.record("nothing was thrown", sourceLocation: place)
    throw CancellationError()
}

extension RenumerateError {
    /// The option or the parameter at fault.
    var field: String? {
        switch self {
        case .configuration(let refusal), .validation(let refusal): refusal.field
        default: nil
        }
    }
}
