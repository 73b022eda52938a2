// Next.js route: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it.
//
// npm install && npm run build
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… npm start

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import { signedInCustomer } from '../../../sign-in.mjs';

const renumerate = new Renumerate({ timeout: 10_000 }); // shared by all requests; `next build` needs no key

export async function POST(request) {
  const customerId = signedInCustomer(request.headers.get('cookie')); // never from the body, which the client controls
  if (!customerId) return Response.json({ error: 'sign in first' }, { status: 401 });
  try {
    const session = await renumerate.createRetentionSession({ customerId }, { signal: request.signal });
    return Response.json(session, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 }); // the customer left: no client reads this
    return noSession(error);
  }
}

function noSession(error) {
  if (error instanceof NotFoundError) return Response.json({ error: error.code }, { status: 404 });
  if (!(error instanceof RenumerateError)) throw error;
  console.error(`no session was minted: ${error.message}`); // the message contains neither the key nor a session id
  const headers = error.retryable ? { 'Retry-After': Math.ceil((error.retryAfter ?? 5_000) / 1_000) } : {};
  return Response.json({ error: error.code }, { status: error.retryable ? 503 : 502, headers });
}
