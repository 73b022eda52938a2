// The one request that every contender sends. The server knows its end by the last two braces.

public let customer = "cus_NffrFeUfNV2Hib"
public let key = "sk_sandbox_bench"
public let path = "/v1/retention/session"
public let keyHeader = "X-Brand-Key"
public let jsonType = "application/json"

/// Nobody calls without a limit in production, and the SDK does not offer it: the peers get one as well. Seconds.
public let limit = 25.0

/// What the id of each answer begins with: a call that returns anything else did not do its work.
let idPrefix = "ret_"

/// Where a contender calls, and the file of the authority's certificate that it trusts besides, if that is over TLS.
public struct Target: Sendable {
    public let url: String
    public let authority: String?
}
