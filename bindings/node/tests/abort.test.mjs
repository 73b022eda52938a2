// Ending calls with an `AbortSignal`.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { rejection, sandboxOfThisFile } from './fixtures.mjs';
import { run, runModule } from './programs.mjs';
import { waitFor } from './waiting.mjs';

const running = sandboxOfThisFile();
/** So long that no limit of the client's ends a call before the signal does. */
const PATIENT = { timeout: 300_000, attemptTimeout: 300_000 };

async function stalled(customerId) {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script(customerId, { fault: 'stall_before_headers' });
  return sandbox.client(PATIENT);
}

// Rules: E12
test('the request is aborted on its socket', async () => {
  const client = await stalled('cus_abort');
  const controller = new AbortController();
  const call = client.createRetentionSession({ customerId: 'cus_abort' }, { signal: controller.signal });
  await waitFor(async () => (await running.sandbox.requests()).length === 1);
  controller.abort();
  const error = await rejection(call);
  strictEqual(error, controller.signal.reason);
  deepStrictEqual([error.name, error.code], ['AbortError', 20]);
  await waitFor(async () => (await running.sandbox.requests())[0].closed);
  strictEqual((await running.sandbox.requests()).length, 1, 'and is not sent again');
});

// Rules: E12
test('the reason is that of the signal', async () => {
  const client = await stalled('cus_reason');
  const controller = new AbortController();
  const mine = new Error('the customer has left');
  const call = client.createRetentionSession({ customerId: 'cus_reason' }, { signal: controller.signal });
  controller.abort(mine);
  strictEqual(await rejection(call), mine);
  const timeout = AbortSignal.timeout(50);
  const error = await rejection(client.createRetentionSession({ customerId: 'cus_reason' }, { signal: timeout }));
  strictEqual(error.name, 'TimeoutError');
});

test('a signal that is aborted already sends nothing', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  const signal = AbortSignal.abort();
  const error = await rejection(sandbox.client().createRetentionSession({ customerId: 'cus_1' }, { signal }));
  strictEqual(error, signal.reason);
  deepStrictEqual(await sandbox.requests(), []);
});

test('a wait between attempts is ended too', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_wait', { status: 503, headers: { 'retry-after': 50 } });
  const controller = new AbortController();
  const client = sandbox.client({
    ...PATIENT,
    logger: ({ message }) => message.startsWith('trying again') && controller.abort(),
  });
  const call = client.createRetentionSession({ customerId: 'cus_wait' }, { signal: controller.signal });
  strictEqual((await rejection(call)).name, 'AbortError');
  strictEqual((await sandbox.requests()).length, 1);
});

test('calls beside it go on', async () => {
  const client = await stalled('cus_one');
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 40 }, (_, n) =>
    client.createRetentionSession({ customerId: n % 2 ? 'cus_one' : 'cus_other' }, n % 2 ? { signal } : {}),
  );
  const others = await Promise.all(calls.filter((_, n) => n % 2 === 0));
  controller.abort();
  const ends = await Promise.allSettled(calls.filter((_, n) => n % 2 === 1));
  strictEqual(others.length, 20);
  ok(ends.every(({ reason }) => reason === signal.reason));
});

test('its listener goes with the call, however that ends', async () => {
  const { sandbox } = running;
  const { signal } = new AbortController();
  const calls = ['cus_1', 'cus_not_found', ''].map((customerId) =>
    sandbox
      .client()
      .createRetentionSession({ customerId }, { signal })
      .catch((error) => error.name),
  );
  strictEqual(getEventListeners(signal, 'abort').length, 1, 'while they are under way');
  deepStrictEqual((await Promise.all(calls)).slice(1), ['NotFoundError', 'ValidationError']);
  strictEqual(getEventListeners(signal, 'abort').length, 0);
});

test('a listener before ours cannot keep the abort from it', async () => {
  const client = await stalled('cus_kept');
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  const call = client.createRetentionSession({ customerId: 'cus_kept' }, { signal: controller.signal });
  controller.abort();
  strictEqual((await rejection(call)).name, 'AbortError');
});

test('a signal that fails holds up no other call', async () => {
  const { url, privateKey } = running.sandbox;
  const out = await runModule(
    `import { Renumerate } from '@renumerate/node';
    process.on('uncaughtException', ({ message }) => console.log(message));
    const client = new Renumerate();
    const refuse = () => { throw new Error('not now'); };
    const odd = { aborted: false, addEventListener() {}, removeEventListener: refuse };
    const call = (n) => client.createRetentionSession({ customerId: 'cus_1' }, n % 2 ? {} : { signal: odd });
    const sessions = await Promise.all(Array.from({ length: 40 }, (_, n) => call(n)));
    console.log(sessions.length);`,
    { env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: privateKey } },
  );
  deepStrictEqual(out.trim().split('\n').sort(), ['40', 'not now']);
});

test('an abort after the end does nothing', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const session = await running.sandbox.client().createRetentionSession({ customerId: 'cus_1' }, { signal });
  controller.abort();
  ok(session.id);
});

test('100 000 calls with one signal leave nothing behind', async (t) => {
  // A young generation that may grow would hide what a leak adds to the process.
  const left = JSON.parse(
    await run([process.execPath, '--expose-gc', '--max-semi-space-size=1', 'programs/many-calls.mjs']),
  );
  t.diagnostic(`bytes more after 100 000 calls than after 20 000: ${JSON.stringify(left)}`);
  strictEqual(left.calls, 100_000);
  strictEqual(left.listeners, 0);
  ok(left.heap < 1_000_000, 'of the heap');
  ok(left.resident < 32_000_000, 'of the process');
});
