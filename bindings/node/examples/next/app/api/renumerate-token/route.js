// Next.js route for pages that use the vendor's newer contract: the vendor's browser library requests a handshake token,
// and exchanges it for a session.
//
// RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… npm start

import { Renumerate, RenumerateError } from '@renumerate/node';
import { errorResponse } from '../../../error-response.mjs';
import { signedInCustomer } from '../../../sign-in.mjs';

const renumerate = new Renumerate(); // shared by all requests; `next build` needs no key

/** @param {Request} request */
export async function GET(request) {
  const customerId = signedInCustomer(request.headers.get('cookie')); // never from the query, which the client controls
  if (!customerId) return Response.json({ error: 'sign in first' }, { status: 401 });
  try {
    const token = renumerate.createHandshakeToken({ customerId });
    return Response.json(token, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (!(error instanceof RenumerateError)) throw error;
    return errorResponse(error);
  }
}
