// Express: the page asks for a session when its customer clicks "cancel", and shows the flow for it.
//
// npm install express
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… node express.mjs

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import express from 'express';
import { signedInCustomer } from './sign-in.mjs';

const app = express();
const renumerate = new Renumerate({ timeout: 10_000 }); // one for the process; a customer waits for its calls

app.post('/cancel-session', async (request, response) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the body: anybody can write that
  if (!customerId) {
    response.status(401).json({ error: 'sign in first' });
    return;
  }
  const session = await renumerate.createRetentionSession({ customerId }, { signal: untilClosed(response) });
  response.set('Cache-Control', 'no-store').json(session);
});

/** A signal for the call: nobody waits for it when the customer has left. */
function untilClosed(response) {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  return closed.signal;
}

app.use((error, _request, response, next) => {
  if (response.destroyed) return; // the call was aborted, and nobody is there to be told
  if (error instanceof NotFoundError) {
    response.status(404).json({ error: error.code });
  } else if (error instanceof RenumerateError) {
    console.error(`no session was minted: ${error.message}`); // it holds neither the key nor a session id
    if (error.retryable) response.set('Retry-After', Math.ceil((error.retryAfter ?? 5_000) / 1_000));
    response.status(error.retryable ? 503 : 502).json({ error: error.code });
  } else {
    next(error);
  }
});

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
