// The request that every subject sends. The server recognizes its end by the last two braces.

export const CUSTOMER = 'cus_NffrFeUfNV2Hib';
export const KEY = 'sk_sandbox_bench';
export const PATH = '/v1/retention/session';

export const BODY = { retention: { customer_id: CUSTOMER } };
export const HEADERS = { 'X-Brand-Key': KEY, 'Content-Type': 'application/json' };

/** Start of a session's id. A call that returns anything else is not counted as a session. */
export const ID_PREFIX = 'ret_';

/** Timeout in milliseconds. The SDK always has one, and so the other clients get one as well. */
export const LIMIT = 25_000;

// Stripe's library sends only its own requests. The server answers them with the same session.
export const STRIPE_KEY = 'sk_test_bench';
export const STRIPE_PARAMETERS = { customer: CUSTOMER, return_url: 'https://example.com/account' };
