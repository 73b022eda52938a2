// Fastify: the page asks for a session when its customer clicks "cancel", and shows the flow for it.
//
// npm install fastify
// RENUMERATE_PRIVATE_KEY=… SESSION_SECRET=… node fastify.mjs

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';
import fastify from 'fastify';
import { signedInCustomer } from './sign-in.mjs';

const app = fastify({ logger: true });
const renumerate = new Renumerate({ timeout: 10_000 }); // one for the process; a customer waits for its calls

app.post('/cancel-session', async (request, reply) => {
  const customerId = signedInCustomer(request.headers.cookie); // never from the body: anybody can write that
  if (!customerId) return reply.code(401).send({ error: 'sign in first' });
  const session = await renumerate.createRetentionSession({ customerId }, { signal: untilClosed(reply) });
  return reply.header('Cache-Control', 'no-store').send(session);
});

/** A signal for the call: nobody waits for it when the customer has left. `request.signal` ends where its body does. */
function untilClosed(reply) {
  const closed = new AbortController();
  reply.raw.on('close', () => closed.abort());
  return closed.signal;
}

app.setErrorHandler((error, request, reply) => {
  if (reply.raw.destroyed) return reply.hijack(); // the call was aborted, and nobody is there to be told
  if (error instanceof NotFoundError) return reply.code(404).send({ error: error.code });
  if (!(error instanceof RenumerateError)) return reply.send(error);
  request.log.error(`no session was minted: ${error.message}`); // it holds neither the key nor a session id
  if (error.retryable) reply.header('Retry-After', Math.ceil((error.retryAfter ?? 5_000) / 1_000));
  return reply.code(error.retryable ? 503 : 502).send({ error: error.code });
});

// The logger writes in the background: a process that SIGTERM kills at once loses its last lines, and its last replies.
process.once('SIGTERM', () => app.close());
await app.listen({ port: process.env.PORT ?? 3000, host: '127.0.0.1' });
