// The request that every subject sends. The server recognizes its end by the last two braces.

package let customer = "cus_NffrFeUfNV2Hib"
package let key = "sk_sandbox_bench"
package let publicKey = "pk_sandbox_bench"
package let path = "/v1/retention/session"
package let keyHeader = "X-Brand-Key"
package let jsonType = "application/json"

/// Timeout in seconds. The SDK always has one, and so the other clients get one as well.
package let limit = 25.0

/// Start of a session's id. A call that returns anything else is not counted as a session.
let idPrefix = "ret_"

package struct Server: Sendable {
    package let url: String
    /// Certificate of an authority that clients trust additionally, with TLS.
    package let caFile: String?

    init(url: String, caFile: String) {
        self.url = url
        self.caFile = caFile.isEmpty ? nil : caFile
    }
}
