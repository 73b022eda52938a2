// This SDK.

import ContenderSupport
import Renumerate

await runContender { target in
    let client = try RenumerateClient(privateKey: key, baseUrl: target.url, caBundle: target.authority)
    return .task { try await client.createRetentionSession(customerId: customer).id }
}
