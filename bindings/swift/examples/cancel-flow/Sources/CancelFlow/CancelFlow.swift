import Renumerate

/// What a backend of yours may make of the client; its tests run it against a sandbox.
public struct CancelFlow: Sendable {
    private let renumerate: RenumerateClient

    public init(renumerate: RenumerateClient) {
        self.renumerate = renumerate
    }

    /// What the page of this customer needs; nothing for a customer who has never paid.
    public func session(for customerId: String) async throws -> String? {
        do {
            return try await renumerate.createRetentionSession(customerId: customerId).id
        } catch RenumerateError.notFound {
            return nil
        }
    }
}
