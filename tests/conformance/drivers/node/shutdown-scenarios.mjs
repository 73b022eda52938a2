// Shutdown scenarios by name.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Renumerate } from '@renumerate/node';

/** Timeouts that do not expire during a scenario. */
const LONG_TIMEOUTS = { timeout: 300_000, attemptTimeout: 300_000 };
const WORKERS = 4;
const CONCURRENCY = 8;

export const scenarios = {
  /** Terminates workers during calls and during startup, while the main thread makes calls. */
  async 'worker-terminated-during-calls'() {
    const client = new Renumerate(LONG_TIMEOUTS);
    for (let round = 0; round < 3; round += 1) {
      const workers = Array.from({ length: WORKERS }, startWorker);
      const [first, ...others] = workers.map((worker) => once(worker, 'message'));
      await first;
      if (round > 0) await Promise.all(others);
      const calls = createSessions(client, CONCURRENCY);
      await Promise.all(workers.map((worker) => worker.terminate()));
      await calls;
    }
    await createSessions(client, CONCURRENCY);
    console.log('done');
  },

  /** Workers call `process.exit` after their first call, which stops only the worker. */
  async 'process-exit-in-worker'() {
    const client = new Renumerate(LONG_TIMEOUTS);
    const workers = Array.from({ length: WORKERS }, () => startWorker({ exits: true }));
    const exits = workers.map((worker) => once(worker, 'exit'));
    const calls = createSessions(client, CONCURRENCY);
    for (const [code] of await Promise.all(exits)) {
      if (code !== 0) throw new Error(`a worker exited with code ${code}`);
    }
    await calls;
    console.log('done');
  },

  /** Exits in the callback of a call, while other calls are pending or complete but not delivered. */
  async 'process-exit-in-callback'() {
    const client = new Renumerate(LONG_TIMEOUTS);
    stall(client);
    for (let started = 0; started < CONCURRENCY; started += 1) callForever(client);
    for (let number = 0; number < 100; number += 1) {
      await client.createRetentionSession({ customerId: 'cus_1' });
    }
    await client.createRetentionSession({ customerId: 'cus_1' }).then(() => {
      console.log('done');
      process.exit();
    });
  },

  /** Starts calls in the exit handler. The process exits before they complete. */
  async 'calls-in-exit-handler'() {
    const client = new Renumerate(LONG_TIMEOUTS);
    await createSessions(client, CONCURRENCY);
    process.on('exit', () => {
      stall(client);
      createSessions(client, CONCURRENCY);
      stall(new Renumerate(LONG_TIMEOUTS));
      console.log('done');
    });
  },

  /** Aborts stalled calls. Nothing keeps the process alive after that. */
  async 'exits-after-aborts'() {
    const client = new Renumerate(LONG_TIMEOUTS);
    const controller = new AbortController();
    const stalled = stall(client, controller.signal);
    await createSessions(client, CONCURRENCY);
    controller.abort();
    for (const { reason } of await stalled) {
      if (reason !== controller.signal.reason) throw reason;
    }
    console.log('done');
  },
};

function startWorker(workerData) {
  return new Worker(new URL('./shutdown-worker.mjs', import.meta.url), { workerData });
}

function createSessions(client, count) {
  return Promise.all(Array.from({ length: count }, () => client.createRetentionSession({ customerId: 'cus_1' })));
}

/** Starts calls that get no response. */
export function stall(client, signal) {
  const calls = Array.from({ length: CONCURRENCY }, () =>
    client.createRetentionSession({ customerId: 'cus_stall' }, { signal }),
  );
  return Promise.allSettled(calls);
}

/** Makes sequential calls until the thread or process exits. */
export async function callForever(client) {
  for (;;) await client.createRetentionSession({ customerId: 'cus_1' });
}
