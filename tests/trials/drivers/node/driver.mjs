// Does what the trials tell it, a line of JSON at a time, and answers each with a line. When its input ends it does not
// exit: nothing that the package leaves behind may keep it from ending by itself.

import { getEventListeners } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { Renumerate } from '@renumerate/node';
import { cancelCalls, makeCalls, pending, signals } from './calls.mjs';
import { camelCase, translated } from './names.mjs';
import { asError, asSession } from './seen.mjs';
import { formsOf } from './shown.mjs';

let client;

const answers = {
  async open(told) {
    await letGo();
    try {
      client = new Renumerate({ ...translated(told.client), ...(told.log === false ? {} : { logger }) });
      return { opened: true };
    } catch (error) {
      return { error: asError(error), seconds: 0, shown: formsOf(error) };
    }
  },

  async call({ method, parameters, options }) {
    const given = [translated(parameters), translated(options)];
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1e3;
    try {
      const session = await client[camelCase(method)](...given);
      return { session: asSession(session), seconds: seconds(), shown: [...formsOf(client), ...formsOf(session)] };
    } catch (error) {
      return { error: asError(error), seconds: seconds(), shown: [...formsOf(client), ...formsOf(error)] };
    }
  },

  calls: ({ count, at_once: atOnce }) => makeCalls(client, count, atOnce),

  cancel: ({ count, at_once: atOnce, longest }) => cancelCalls(client, count, atOnce, longest * 1e3),

  async measure() {
    await collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    const listeners = signals().flatMap((signal) => getEventListeners(signal, 'abort'));
    return { heap: heapUsed + external, tasks: pending(), listeners: listeners.length };
  },

  async close() {
    await letGo();
    return { closed: true };
  },
};

function logger({ level, message }) {
  process.stderr.write(`${level} ${message}\n`);
}

/** A client has nothing to close: it lets its connections go when it is collected. */
async function letGo() {
  client = undefined;
  await collectGarbage();
}

/** Twice, since what is finalized after the first time may have held more. */
async function collectGarbage() {
  for (let time = 0; time < 2; time += 1) {
    global.gc();
    await setImmediate();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, ...told } = JSON.parse(line);
  console.log(JSON.stringify(await answers[what](told)));
}
