// Placeholder for your sign-in, which knows the customer's Stripe id. Here, a cookie signed by the server contains it.
// To try an example by hand, this command prints the header of a signed-in customer:
//
// SESSION_SECRET=… node -e "import('./sign-in.mjs').then((it) => console.log('Cookie: ' + it.signedInCookie('cus_1')))"

import { createHmac, timingSafeEqual } from 'node:crypto';

/** Returns a customer's cookie. Set it `HttpOnly; Secure; SameSite=Lax`, so that no other site can post with it. */
export function signedInCookie(customerId) {
  return `customer=${signed(customerId)}`;
}

/** Returns the customer id of a request from its `Cookie` header, or `undefined` without a valid cookie. */
export function signedInCustomer(header) {
  const [, value = ''] = /(?:^|; )customer=([^;]*)/.exec(header ?? '') ?? [];
  const customerId = value.slice(0, value.lastIndexOf('.'));
  const [given, wanted] = [Buffer.from(value), Buffer.from(signed(customerId))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? customerId : undefined;
}

function signed(customerId) {
  return `${customerId}.${createHmac('sha256', process.env.SESSION_SECRET).update(customerId).digest('base64url')}`;
}
