// Driver of the Node package. `tests/README.md` documents the protocol. When its input ends, it does not call
// `process.exit`: the process must exit unless the package keeps it alive.

import { getEventListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { Renumerate } from '@renumerate/node';
import { cancelCalls, makeCalls, pending, signals } from './calls.mjs';
import { errorReport, resultReport } from './report.mjs';
import { formsOf } from './shown.mjs';

let client;

const commands = {
  async open({ client: options, log }) {
    await release();
    try {
      client = new Renumerate({ ...options, ...(log === false ? {} : { logger }) });
      return { opened: true };
    } catch (error) {
      return { error: errorReport(error), seconds: 0, shown: formsOf(error) };
    }
  },

  async call({ method, parameters, options }) {
    const methods = {
      create_retention_session: 'createRetentionSession',
      create_subscription_session: 'createSubscriptionSession',
      create_handshake_token: 'createHandshakeToken',
    };
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1e3;
    try {
      const result = await client[methods[method]](parameters, options);
      return { ...resultReport(result), seconds: seconds(), shown: [...formsOf(client), ...formsOf(result)] };
    } catch (error) {
      return { error: errorReport(error), seconds: seconds(), shown: [...formsOf(client), ...formsOf(error)] };
    }
  },

  calls: ({ count, concurrency }) => makeCalls(client, count, concurrency),

  cancel: ({ count, concurrency, max_delay: maxDelay }) => cancelCalls(client, count, concurrency, maxDelay * 1e3),

  async measure() {
    await collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    const listeners = signals().flatMap((signal) => getEventListeners(signal, 'abort'));
    return { heap: heapUsed + external, tasks: pending(), listeners: listeners.length };
  },

  async close() {
    await release();
    return { closed: true };
  },
};

function logger({ level, message }) {
  process.stderr.write(`${level} ${message}\n`);
}

/** A client has no method to close it: it closes its connections when it is collected. */
async function release() {
  client = undefined;
  await collectGarbage();
}

/** Collects twice, because finalizers of the first collection release more objects. */
async function collectGarbage() {
  const collect = globalThis.Bun ? () => Bun.gc(true) : globalThis.gc;
  for (let round = 0; round < 2; round += 1) {
    collect();
    await setImmediate();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: command, ...values } = JSON.parse(line);
  console.log(JSON.stringify(await commands[command](values)));
}
