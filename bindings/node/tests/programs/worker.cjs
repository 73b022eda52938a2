// A worker thread that makes calls and posts the number of sessions, or the field or name of the error. With `stalls`,
// also posts a message once the calls have started.

const { parentPort, workerData } = require('node:worker_threads');
const { Renumerate } = require('@renumerate/node');

async function main({ calls = 1, customerId = 'cus_1', stalls = false }) {
  const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });
  const pending = Array.from({ length: calls }, () => client.createRetentionSession({ customerId }));
  if (stalls) parentPort.postMessage('stalls');
  const sessions = await Promise.all(pending);
  parentPort.postMessage(sessions.length);
}

main(workerData).catch((error) => parentPort.postMessage(error.field ?? error.name));
