// A worker thread that calls for as long as it lives, in lanes: with one that never hears anything. It says when the first
// call has ended, or exits.

import { parentPort, workerData } from 'node:worker_threads';
import { Renumerate } from '@renumerate/node';
import { callForever, stall } from './shutdown-scenarios.mjs';

const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });
stall(client);
callForever(client);
callForever(client);
// No `await` at the top: Node 20 itself aborts where a worker is ended while it begins such a module.
client.createRetentionSession({ customerId: 'cus_1' }).then(() => {
  if (workerData?.exits) process.exit();
  parentPort.postMessage('calls');
});
