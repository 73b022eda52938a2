// Next.js route: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it.
//
// The README of @renumerate/node says how to build and install its archive.
//
// npm install && npm run build
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… npm start

import { Renumerate, RenumerateError } from '@renumerate/node';
import { errorResponse } from '../../../error-response.mjs';
import { signedInCustomer } from '../../../sign-in.mjs';

const renumerate = new Renumerate({ timeout: 10_000 }); // shared by all requests; `next build` needs no key

/** @param {Request} request */
export async function POST(request) {
  const customerId = signedInCustomer(request.headers.get('cookie')); // never from the body, which the client controls
  if (!customerId) return Response.json({ error: 'sign in first' }, { status: 401 });
  try {
    const session = await renumerate.createRetentionSession({ customerId }, { signal: request.signal });
    return Response.json(session, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 }); // the customer left: no client reads this
    if (!(error instanceof RenumerateError)) throw error;
    return errorResponse(error);
  }
}
