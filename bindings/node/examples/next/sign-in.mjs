// Placeholder for your sign-in, which knows the customer's Stripe id. Here, a cookie signed by the server contains it.
// To try an example by hand, this command prints the header of a signed-in customer:
//
// SESSION_SECRET=… node -e "import('./sign-in.mjs').then((it) => console.log('Cookie: ' + it.signedInCookie('cus_1')))"

import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Returns a customer's cookie. Set it `HttpOnly; Secure; SameSite=Lax`, so that no other site can post with it.
 *
 * @param {string} customerId
 */
export function signedInCookie(customerId) {
  return `customer=${signed(customerId)}`;
}

/**
 * Returns the customer id of a request from its `Cookie` header, or `undefined` without a valid cookie.
 *
 * @param {string | null | undefined} header
 */
export function signedInCustomer(header) {
  const [, value = ''] = /(?:^|; )customer=([^;]*)/.exec(header ?? '') ?? [];
  const customerId = value.slice(0, value.lastIndexOf('.'));
  const [given, wanted] = [Buffer.from(value), Buffer.from(signed(customerId))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? customerId : undefined;
}

/** @param {string} customerId */
function signed(customerId) {
  const { SESSION_SECRET } = process.env;
  if (!SESSION_SECRET) throw new Error('set SESSION_SECRET, which signs the cookies');
  return `${customerId}.${createHmac('sha256', SESSION_SECRET).update(customerId).digest('base64url')}`;
}
