// A worker thread that makes stalled calls and sequential calls. After another call it posts a message, or exits if
// `exits` is set.

import { parentPort, workerData } from 'node:worker_threads';
import { Renumerate } from '@renumerate/node';
import { callForever, stall } from './shutdown-scenarios.mjs';

const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });
stall(client);
callForever(client);
callForever(client);
// No top-level `await`: Node 20 aborts if a worker is terminated while it loads a module with one.
client.createRetentionSession({ customerId: 'cus_1' }).then(() => {
  if (workerData?.exits) process.exit();
  parentPort.postMessage('calls');
});
