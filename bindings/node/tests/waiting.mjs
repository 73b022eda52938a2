// Waiting for an event instead of for time.

import { setTimeout } from 'node:timers/promises';

/** Returns when it has happened; fails after so many milliseconds. */
export async function waitFor(event, within = 20_000) {
  const givenUp = Date.now() + within;
  while (!(await event())) {
    if (Date.now() > givenUp) throw new Error('it does not happen');
    await setTimeout(5);
  }
}
