// Many concurrent calls, of which only the number of each outcome is kept.

import { setImmediate, setTimeout } from 'node:timers/promises';
import { RenumerateError } from '@renumerate/node';

/** One signal for all calls that are not cancelled. It outlives them, like the shutdown signal of a server. */
const LONG_LIVED = new AbortController().signal;

/** Number of recent signals of cancelled calls that are kept. */
const KEPT_SIGNALS = 1_000;
const lastSignals = [];

let inProgress = 0;

/** Signals that outlive their calls. */
export function signals() {
  return [LONG_LIVED, ...lastSignals];
}

/** Number of calls whose promise is pending. */
export function pending() {
  return inProgress;
}

/** Makes this many calls, and counts the outcomes. */
export async function makeCalls(client, count, concurrency) {
  const counts = { sessions: 0, errors: {}, attempts: 0, untyped: 0 };
  await runConcurrently(count, concurrency, async (number) => {
    try {
      const { attempts } = await call(client, number, LONG_LIVED);
      counts.sessions += 1;
      counts.attempts += attempts.length;
    } catch (error) {
      countError(counts, error);
      counts.attempts += error.attempts?.length ?? 0;
    }
  });
  return counts;
}

/** Makes this many calls, and aborts each after a random delay of up to `maxDelay` milliseconds. */
export async function cancelCalls(client, count, concurrency, maxDelay) {
  const counts = { cancelled: 0, sessions: 0, errors: {}, untyped: 0 };
  await runConcurrently(count, concurrency, async (number) => {
    const controller = new AbortController();
    const { signal } = controller;
    lastSignals[number % KEPT_SIGNALS] = signal;
    const end = performance.now() + Math.random() * maxDelay;
    const settled = call(client, number, signal).then(
      () => {
        counts.sessions += 1;
      },
      (error) => {
        if (error === signal.reason) counts.cancelled += 1;
        else countError(counts, error);
      },
    );
    await Promise.race([settled, until(end)]);
    controller.abort();
    await settled;
  });
  return counts;
}

async function call(client, number, signal) {
  inProgress += 1;
  try {
    return await client.createRetentionSession({ customerId: `cus_${number}` }, { signal });
  } finally {
    inProgress -= 1;
  }
}

async function runConcurrently(count, concurrency, work) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Waits until a time. Timers have millisecond resolution, so the rest is spent in iterations of the event loop. */
async function until(end) {
  const whole = Math.floor(end - performance.now());
  if (whole > 0) await setTimeout(whole);
  while (performance.now() < end) await setImmediate();
}

function countError(counts, error) {
  if (error instanceof RenumerateError) {
    counts.errors[error.code] = (counts.errors[error.code] ?? 0) + 1;
  } else {
    counts.untyped += 1;
    console.error(error);
  }
}
