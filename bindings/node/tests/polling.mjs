// Waits for conditions without a fixed sleep.

import { setTimeout } from 'node:timers/promises';

/** Returns when the condition is true. Fails after `timeout` milliseconds. */
export async function waitFor(condition, timeout = 20_000) {
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`the condition was still false after ${timeout} ms`);
    await setTimeout(5);
  }
}
