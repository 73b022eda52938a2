// Aborting calls with an `AbortSignal`.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { rejection, startSandbox } from './fixtures.mjs';
import { waitFor } from './polling.mjs';
import { run, runModule } from './programs.mjs';

const running = startSandbox();
/** Timeouts that do not expire before the signal aborts. */
const LONG_TIMEOUTS = { timeout: 300_000, attemptTimeout: 300_000 };

async function clientOfStalledServer(customerId) {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script(customerId, { fault: 'stall_before_headers' });
  return sandbox.client(LONG_TIMEOUTS);
}

// Rules: E12
test('abort closes the connection without retry', async () => {
  const client = await clientOfStalledServer('cus_abort');
  const controller = new AbortController();
  const call = client.createRetentionSession({ customerId: 'cus_abort' }, { signal: controller.signal });
  await waitFor(async () => (await running.sandbox.requests()).length === 1);
  controller.abort();
  const error = await rejection(call);
  strictEqual(error, controller.signal.reason);
  deepStrictEqual([error.name, error.code], ['AbortError', 20]);
  await waitFor(async () => (await running.sandbox.requests())[0].closed);
  strictEqual((await running.sandbox.requests()).length, 1, 'the aborted call was retried');
});

// Rules: E12
test('aborted call rejects with the reason of the signal', async () => {
  const client = await clientOfStalledServer('cus_reason');
  const controller = new AbortController();
  const reason = new Error('the customer disconnected');
  const call = client.createRetentionSession({ customerId: 'cus_reason' }, { signal: controller.signal });
  controller.abort(reason);
  strictEqual(await rejection(call), reason);
  const timeout = AbortSignal.timeout(50);
  const error = await rejection(client.createRetentionSession({ customerId: 'cus_reason' }, { signal: timeout }));
  strictEqual(error.name, 'TimeoutError');
});

test('call with an aborted signal sends nothing', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  const signal = AbortSignal.abort();
  const error = await rejection(sandbox.client().createRetentionSession({ customerId: 'cus_1' }, { signal }));
  strictEqual(error, signal.reason);
  deepStrictEqual(await sandbox.requests(), []);
});

test('abort ends the wait before a retry', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_wait', { status: 503, headers: { 'retry-after': 50 } });
  const controller = new AbortController();
  const client = sandbox.client({
    ...LONG_TIMEOUTS,
    logger: ({ event }) => event === 'retrying request' && controller.abort(),
  });
  const call = client.createRetentionSession({ customerId: 'cus_wait' }, { signal: controller.signal });
  strictEqual((await rejection(call)).name, 'AbortError');
  strictEqual((await sandbox.requests()).length, 1);
});

test('abort leaves concurrent calls running', async () => {
  const client = await clientOfStalledServer('cus_one');
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 40 }, (_, n) =>
    client.createRetentionSession({ customerId: n % 2 ? 'cus_one' : 'cus_other' }, n % 2 ? { signal } : {}),
  );
  const others = await Promise.all(calls.filter((_, n) => n % 2 === 0));
  controller.abort();
  const aborted = await Promise.allSettled(calls.filter((_, n) => n % 2 === 1));
  strictEqual(others.length, 20);
  ok(aborted.every(({ reason }) => reason === signal.reason));
});

test('abort listener is removed when calls settle', async () => {
  const { sandbox } = running;
  const { signal } = new AbortController();
  const calls = ['cus_1', 'cus_not_found', ''].map((customerId) =>
    sandbox
      .client()
      .createRetentionSession({ customerId }, { signal })
      .catch((error) => error.name),
  );
  strictEqual(getEventListeners(signal, 'abort').length, 1, 'concurrent calls share one listener');
  deepStrictEqual((await Promise.all(calls)).slice(1), ['RenumerateNotFoundError', 'RenumerateValidationError']);
  strictEqual(getEventListeners(signal, 'abort').length, 0);
});

test('stopImmediatePropagation in an earlier listener does not prevent the abort', async () => {
  const client = await clientOfStalledServer('cus_stopped');
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  const call = client.createRetentionSession({ customerId: 'cus_stopped' }, { signal: controller.signal });
  controller.abort();
  strictEqual((await rejection(call)).name, 'AbortError');
});

test('signal that throws does not block other calls', async () => {
  const { url, privateKey } = running.sandbox;
  const out = await runModule(
    `import { Renumerate } from '@renumerate/node';
    process.on('uncaughtException', ({ message }) => console.log(message));
    const client = new Renumerate();
    const fail = () => { throw new Error('signal error'); };
    const failing = { aborted: false, addEventListener() {}, removeEventListener: fail };
    const call = (n) => client.createRetentionSession({ customerId: 'cus_1' }, n % 2 ? {} : { signal: failing });
    const sessions = await Promise.all(Array.from({ length: 40 }, (_, n) => call(n)));
    console.log(sessions.length);`,
    { env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: privateKey } },
  );
  deepStrictEqual(out.trim().split('\n').sort(), ['40', 'signal error']);
});

test('abort after the call has no effect', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const session = await running.sandbox.client().createRetentionSession({ customerId: 'cus_1' }, { signal });
  controller.abort();
  ok(session.id);
});

test('50 000 calls with one signal leak neither listeners nor memory', async (t) => {
  // A growing young generation would hide a leak in the resident size.
  const growth = JSON.parse(
    await run([process.execPath, '--expose-gc', '--max-semi-space-size=1', 'programs/memory-growth.mjs']),
  );
  t.diagnostic(`growth in bytes after 10 000 calls: ${JSON.stringify(growth)}`);
  strictEqual(growth.calls, 50_000);
  strictEqual(growth.listeners, 0);
  ok(growth.heap < 1_000_000, 'the heap grew');
  ok(growth.resident < 32_000_000, 'the resident size grew');
});
