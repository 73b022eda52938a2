import Renumerate

/// A part of a backend that uses the client. Its tests run against a sandbox.
public struct CancelFlow: Sendable {
    private let renumerate: RenumerateClient

    public init(renumerate: RenumerateClient) {
        self.renumerate = renumerate
    }

    /// Returns the session id for the page of this customer, or `nil` if Renumerate does not know the customer.
    public func session(for customerId: String) async throws -> String? {
        do {
            return try await renumerate.createRetentionSession(customerId: customerId).id
        } catch RenumerateError.notFound {
            return nil
        }
    }
}
