// Express backend: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it. A
// page that uses the vendor's newer contract requests a handshake token instead. A backend needs one of the two routes.
//
// npm install express
// RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… node express.mjs

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import express from 'express';
import { signedInCustomer } from './sign-in.mjs';

const app = express();
const renumerate = new Renumerate({ timeout: 10_000 }); // shared by all requests; a customer waits for each call

app.post('/cancel-session', async (request, response) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the body, which the client controls
  if (!customerId) {
    response.status(401).json({ error: 'sign in first' });
    return;
  }
  const session = await renumerate.createRetentionSession({ customerId }, { signal: untilClosed(response) });
  response.set('Cache-Control', 'no-store').json(session);
});

app.get('/api/renumerate-token', (request, response) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the query, which the client controls
  if (!customerId) {
    response.status(401).json({ error: 'sign in first' });
    return;
  }
  response.set('Cache-Control', 'no-store').json(renumerate.createHandshakeToken({ customerId }));
});

/**
 * Returns a signal that aborts the call when the customer closes the connection.
 *
 * @param {import('express').Response} response
 */
function untilClosed(response) {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  return closed.signal;
}

/** @type {import('express').ErrorRequestHandler} */
const sendError = (error, _request, response, next) => {
  if (response.destroyed) return; // the customer left: the call was aborted, and there is no connection
  if (!(error instanceof RenumerateError)) {
    next(error);
    return;
  }
  // The message contains no key, session id or token. It is for the log only: the page gets the code.
  console.error(`could not create a session or token: ${error.code}: ${error.message}`);
  if (error.retryable) response.set('Retry-After', String(Math.ceil((error.retryAfter ?? 5_000) / 1_000)));
  response.status(statusOf(error)).json({ error: error.code });
};

/** @param {RenumerateError} error */
function statusOf(error) {
  if (error instanceof NotFoundError) return 404;
  return error.retryable ? 503 : 502;
}

app.use(sendError);

const port = Number(process.env.PORT ?? 3000);
app.listen(port, '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${port}`);
});
