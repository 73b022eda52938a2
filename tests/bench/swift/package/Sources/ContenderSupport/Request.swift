// The one request that every contender sends. The server knows its end by the last two braces.

package let customer = "cus_NffrFeUfNV2Hib"
package let key = "sk_sandbox_bench"
package let path = "/v1/retention/session"
package let keyHeader = "X-Brand-Key"
package let jsonType = "application/json"

/// Nobody calls without a limit in production, and the SDK does not offer it: the peers get one as well. Seconds.
package let limit = 25.0

/// What the id of each answer begins with: a call that returns anything else did not do its work.
let idPrefix = "ret_"

/// Where a contender calls, and the file of the authority's certificate that it trusts besides, if that is over TLS.
package struct Target: Sendable {
    package let url: String
    package let authority: String?
}
