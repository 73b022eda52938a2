// Many calls, side by side in lanes, of which only is kept how they ended.

import { setImmediate, setTimeout } from 'node:timers/promises';
import { RenumerateError } from '@renumerate/node';

/** One for all that do not end by a signal, which outlives them as that of a server's shutdown does. */
const LONG_LIVED = new AbortController().signal;

/** So many of the last signals that calls were cancelled by. */
const KEPT = 1_000;
const lastSignals = [];

let underWay = 0;

/** The signals that are still there when their calls have ended. */
export function signals() {
  return [LONG_LIVED, ...lastSignals];
}

/** Promises of calls that are neither fulfilled nor rejected. */
export function pending() {
  return underWay;
}

/** Makes so many calls, so many at once, and tells how they ended. */
export async function makeCalls(client, count, atOnce) {
  const ends = { sessions: 0, errors: {}, attempts: 0, untyped: 0 };
  await inLanes(count, atOnce, async (number) => {
    try {
      const { attempts } = await call(client, number, LONG_LIVED);
      ends.sessions += 1;
      ends.attempts += attempts.length;
    } catch (error) {
      note(ends, error);
      ends.attempts += error.attempts?.length ?? 0;
    }
  });
  return ends;
}

/** Makes so many calls, so many at once, and aborts each after a random time, in milliseconds. */
export async function cancelCalls(client, count, atOnce, longest) {
  const ends = { cancelled: 0, sessions: 0, errors: {}, untyped: 0 };
  await inLanes(count, atOnce, async (number) => {
    const controller = new AbortController();
    const { signal } = controller;
    lastSignals[number % KEPT] = signal;
    const end = performance.now() + Math.random() * longest;
    const ended = call(client, number, signal).then(
      () => {
        ends.sessions += 1;
      },
      (error) => {
        if (error === signal.reason) ends.cancelled += 1;
        else note(ends, error);
      },
    );
    await Promise.race([ended, until(end)]);
    controller.abort();
    await ended;
  });
  return ends;
}

async function call(client, number, signal) {
  underWay += 1;
  try {
    return await client.createRetentionSession({ customerId: `cus_${number}` }, { signal });
  } finally {
    underWay -= 1;
  }
}

async function inLanes(count, atOnce, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** A timer knows whole milliseconds; the rest is waited for turn by turn. What is over when it comes here waits for none. */
async function until(end) {
  const whole = Math.floor(end - performance.now());
  if (whole > 0) await setTimeout(whole);
  while (performance.now() < end) await setImmediate();
}

function note(ends, error) {
  if (error instanceof RenumerateError) {
    ends.errors[error.code] = (ends.errors[error.code] ?? 0) + 1;
  } else {
    ends.untyped += 1;
    console.error(error);
  }
}
