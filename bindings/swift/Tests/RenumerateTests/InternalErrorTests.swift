import RenumerateTesting
import Testing

@testable import Renumerate

/// Errors that only a bug in this library causes.
@Suite(.timeLimit(.minutes(1)))
struct InternalErrorTests {
    // Rules: E14
    @Test
    func secondAwaitOfAResultThrowsInternalError() async throws {
        try await withSandbox { sandbox in
            let client = try sandbox.client()
            let request = client.makeRequest(
                .retention, parameters: ["customerId": "cus_1"], timeout: nil, maxRetries: nil)
            let call = try client.native.start(request: request)
            #expect(try await call.result().session != nil)
            let failure = try await thrownError {
                do { return try await call.result() } catch { throw RenumerateError(nativeError: error) }
            }
            guard case .internal = failure else { throw failure }
            #expect(failure.code == "internal")
            #expect(!failure.isRetryable && failure.attempts.isEmpty)
        }
    }

    @Test
    func unexpectedErrorOfTheGeneratedCodeIsAnInternalError() throws {
        struct Unexpected: Error, CustomStringConvertible { let description = "no such handle" }
        let failure = RenumerateError(nativeError: Unexpected())
        guard case .internal = failure else { throw failure }
        #expect(failure.code == "internal")
        #expect(failure.message.contains("no such handle") && failure.message.contains("report"))
        #expect(!failure.isRetryable && failure.attempts.isEmpty)
    }
}
