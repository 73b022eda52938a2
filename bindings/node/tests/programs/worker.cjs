// A worker thread that makes calls: `calls` of them, or one that `stalls`; it says how many came back, or why not.

const { parentPort, workerData } = require('node:worker_threads');
const { Renumerate } = require('@renumerate/node');

const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });

async function main({ calls = 1, customerId = 'cus_1', stalls = false }) {
  const made = Array.from({ length: calls }, () => client.createRetentionSession({ customerId }));
  if (stalls) parentPort.postMessage('stalls');
  const sessions = await Promise.all(made);
  parentPort.postMessage(sessions.length);
}

main(workerData).catch((error) => parentPort.postMessage(error.field ?? error.name));
