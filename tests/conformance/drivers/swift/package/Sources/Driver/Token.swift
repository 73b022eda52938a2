import Foundation
import Renumerate

/// Creates a handshake token, and reports it or the error.
func createToken(_ command: Command, _ client: RenumerateClient) -> JSON {
    let began = ContinuousClock.now
    do {
        let token = try client.createHandshakeToken(customerId: command.parameters?["customerId"]?.string ?? "")
        let took = ContinuousClock.now - began
        let json = try JSONDecoder().decode([String: String].self, from: JSONEncoder().encode(token))
        return [
            "token": [
                "text": .text(token.token), "expires_at": .number(token.expiresAt.timeIntervalSince1970),
                "json": .object(json.mapValues(JSON.text)),
            ],
            "seconds": JSON(took), "shown": .list((shown(token) + shown(client)).map(JSON.text)),
        ]
    } catch {
        return report(error: error, of: client, after: ContinuousClock.now - began)
    }
}
