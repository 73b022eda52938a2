// What happens before the process ends, and how it comes to its end.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Renumerate } from '@renumerate/node';

/** So long that no limit ends a call before the process does. */
const PATIENT = { timeout: 300_000, attemptTimeout: 300_000 };
const WORKERS = 4;
const LANES = 8;

export const scenarios = {
  /** Workers are terminated in the middle of calls, some more while they start, and the main thread calls on. */
  async 'worker-ended-mid-call'() {
    const client = new Renumerate(PATIENT);
    for (let round = 0; round < 3; round += 1) {
      const workers = Array.from({ length: WORKERS }, startWorker);
      const [first, ...others] = workers.map((worker) => once(worker, 'message'));
      await first;
      if (round > 0) await Promise.all(others);
      const mine = sessions(client, LANES);
      await Promise.all(workers.map((worker) => worker.terminate()));
      await mine;
    }
    await sessions(client, LANES);
    console.log('done');
  },

  /** A worker calls `process.exit` as soon as one of its calls has ended, which ends the worker alone. */
  async 'process-exit-in-worker'() {
    const client = new Renumerate(PATIENT);
    const workers = Array.from({ length: WORKERS }, () => startWorker({ exits: true }));
    const ends = workers.map((worker) => once(worker, 'exit'));
    const mine = sessions(client, LANES);
    for (const [code] of await Promise.all(ends)) {
      if (code !== 0) throw new Error(`a worker has ended with code ${code}`);
    }
    await mine;
    console.log('done');
  },

  /** The process exits within what follows a call, with others under way and others yet to be told of. */
  async 'process-exit-in-callback'() {
    const client = new Renumerate(PATIENT);
    stall(client);
    for (let lane = 0; lane < LANES; lane += 1) callForever(client);
    for (let number = 0; number < 100; number += 1) {
      await client.createRetentionSession({ customerId: 'cus_1' });
    }
    await client.createRetentionSession({ customerId: 'cus_1' }).then(() => {
      console.log('done');
      process.exit();
    });
  },

  /** The last thing that the process does is to start calls, of which it can hear nothing any more. */
  async 'calls-in-exit-handler'() {
    const client = new Renumerate(PATIENT);
    await sessions(client, LANES);
    process.on('exit', () => {
      stall(client);
      sessions(client, LANES);
      stall(new Renumerate(PATIENT));
      console.log('done');
    });
  },

  /** Calls that would never end are aborted, and then nothing keeps the process. */
  async 'ends-after-aborts'() {
    const client = new Renumerate(PATIENT);
    const controller = new AbortController();
    const stalled = stall(client, controller.signal);
    await sessions(client, LANES);
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

function sessions(client, count) {
  return Promise.all(Array.from({ length: count }, () => client.createRetentionSession({ customerId: 'cus_1' })));
}

/** Calls that get no answer. */
export function stall(client, signal) {
  const calls = Array.from({ length: LANES }, () =>
    client.createRetentionSession({ customerId: 'cus_stall' }, { signal }),
  );
  return Promise.allSettled(calls);
}

/** One call after the other, for as long as there is somebody to hear of it. */
export async function callForever(client) {
  for (;;) await client.createRetentionSession({ customerId: 'cus_1' });
}
