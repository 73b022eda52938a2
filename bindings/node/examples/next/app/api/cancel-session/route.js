// Next.js: the page asks for a session when its customer clicks "cancel", and shows the flow for it.
//
// npm install && npm run build
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… npm start

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import { signedInCustomer } from '../../../sign-in.mjs';

const renumerate = new Renumerate({ timeout: 10_000 }); // one for the process; `next build` needs no key for it

export async function POST(request) {
  const customerId = signedInCustomer(request.headers.get('cookie')); // never from the body: anybody can write that
  if (!customerId) return Response.json({ error: 'sign in first' }, { status: 401 });
  try {
    const session = await renumerate.createRetentionSession({ customerId }, { signal: request.signal });
    return Response.json(session, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 }); // the customer has left: nobody reads this
    return noSession(error);
  }
}

function noSession(error) {
  if (error instanceof NotFoundError) return Response.json({ error: error.code }, { status: 404 });
  if (!(error instanceof RenumerateError)) throw error;
  console.error(`no session was minted: ${error.message}`); // it holds neither the key nor a session id
  const headers = error.retryable ? { 'Retry-After': Math.ceil((error.retryAfter ?? 5_000) / 1_000) } : {};
  return Response.json({ error: error.code }, { status: error.retryable ? 503 : 502, headers });
}
