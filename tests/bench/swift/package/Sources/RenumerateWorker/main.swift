// Worker for this SDK.

import WorkerSupport
import Renumerate

await runWorker(
    createTokens: {
        let client = try RenumerateClient(privateKey: key, publicKey: publicKey)
        return { try client.createHandshakeToken(customerId: customer).token }
    },
    { server in
        let client = try RenumerateClient(privateKey: key, baseUrl: server.url, caBundle: server.caFile)
        return .task { try await client.createRetentionSession(customerId: customer).id }
    })
