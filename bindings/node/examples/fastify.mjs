// Fastify backend: the page requests a session when the customer clicks "cancel", and opens the cancel flow with it. A
// page that uses the vendor's newer contract requests a handshake token instead. A backend needs one of the two routes.
//
// npm install fastify
// RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… node fastify.mjs

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import fastify from 'fastify';
import { signedInCustomer } from './sign-in.mjs';

const app = fastify({ logger: true });
const renumerate = new Renumerate({ timeout: 10_000 }); // shared by all requests; a customer waits for each call

app.post('/cancel-session', async (request, reply) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the body, which the client controls
  if (!customerId) return reply.code(401).send({ error: 'sign in first' });
  const session = await renumerate.createRetentionSession({ customerId }, { signal: untilClosed(reply) });
  return reply.header('Cache-Control', 'no-store').send(session);
});

app.get('/api/renumerate-token', async (request, reply) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the query, which the client controls
  if (!customerId) return reply.code(401).send({ error: 'sign in first' });
  return reply.header('Cache-Control', 'no-store').send(renumerate.createHandshakeToken({ customerId }));
});

/**
 * Returns a signal that aborts the call when the customer closes the connection. `request.signal` is unsuitable: it is
 * aborted at the end of the request body.
 *
 * @param {import('fastify').FastifyReply} reply
 */
function untilClosed(reply) {
  const closed = new AbortController();
  reply.raw.on('close', () => closed.abort());
  return closed.signal;
}

app.setErrorHandler((error, request, reply) => {
  if (reply.raw.destroyed) return reply.hijack(); // the customer left: the call was aborted, and there is no connection
  if (!(error instanceof RenumerateError)) return reply.send(error);
  // The message contains no key, session id or token. It is for the log only: the page gets the code.
  request.log.error(`could not create a session or token: ${error.code}: ${error.message}`);
  if (error.retryable) reply.header('Retry-After', String(Math.ceil((error.retryAfter ?? 5_000) / 1_000)));
  return reply.code(statusOf(error)).send({ error: error.code });
});

/** @param {RenumerateError} error */
function statusOf(error) {
  if (error instanceof NotFoundError) return 404;
  return error.retryable ? 503 : 502;
}

// The default action of SIGTERM would lose pending replies and the log lines that the logger has not written yet.
process.once('SIGTERM', () => app.close());
await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
