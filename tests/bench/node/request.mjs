// The one request that every contender sends. The server knows its end by the last two braces.

export const CUSTOMER = 'cus_NffrFeUfNV2Hib';
export const KEY = 'sk_sandbox_bench';
export const PATH = '/v1/retention/session';

export const BODY = { retention: { customer_id: CUSTOMER } };
export const HEADERS = { 'X-Brand-Key': KEY, 'Content-Type': 'application/json' };

/** What the id of each answer begins with: a call that returns anything else did not do its work. */
export const ID_PREFIX = 'ret_';

/**
 * Milliseconds. Nobody calls without a limit in production, and the SDK does not offer it: the peers get one as well.
 */
export const LIMIT = 25_000;

// Stripe's library sends requests of its own kind only; the server answers them with the same session.
export const STRIPE_KEY = 'sk_test_bench';
export const STRIPE_PARAMETERS = { customer: CUSTOMER, return_url: 'https://example.com/account' };
