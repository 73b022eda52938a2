// Stands for your own sign-in, which knows the Stripe id of your customer: here a cookie holds it, signed by the server.
// To try an example by hand, this prints the header of a customer who has signed in:
//
// SESSION_SECRET=… node -e "import('./sign-in.mjs').then((it) => console.log('Cookie: ' + it.signedInCookie('cus_1')))"

import { createHmac, timingSafeEqual } from 'node:crypto';

/** A customer's cookie. It is to be set `HttpOnly; Secure; SameSite=Lax`, so that no other site can post with it. */
export function signedInCookie(customerId) {
  return `customer=${signed(customerId)}`;
}

/** The customer of a request, by its `Cookie` header; nothing where nobody has signed in. */
export function signedInCustomer(header) {
  const [, value = ''] = /(?:^|; )customer=([^;]*)/.exec(header ?? '') ?? [];
  const customerId = value.slice(0, value.lastIndexOf('.'));
  const [given, wanted] = [Buffer.from(value), Buffer.from(signed(customerId))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? customerId : undefined;
}

function signed(customerId) {
  return `${customerId}.${createHmac('sha256', process.env.SESSION_SECRET).update(customerId).digest('base64url')}`;
}
