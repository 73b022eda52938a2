'use server';

// Server action: another way than the route of `api/cancel-session` to give the page a session.

import { headers } from 'next/headers';
import { createCancelSession } from '../cancel-session.mjs';
import { signedInCustomer } from '../sign-in.mjs';

/** Returns a session for the signed-in customer, or an error code. */
export async function startCancelFlow() {
  const customerId = signedInCustomer((await headers()).get('cookie')); // never from an argument, which the client controls
  return customerId ? createCancelSession(customerId) : { error: 'sign in first' };
}
