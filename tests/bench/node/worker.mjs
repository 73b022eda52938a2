// A process in which one contender calls, so that threads, CPU time and modules of the others do not disturb it.
//
// It is given a job as JSON: a contender's name, a URL, and how many calls at once. Its first line says that it is
// ready, or what is missing. For each number of seconds that it reads it calls for so long and writes a lap: what its
// stopwatch says, the calls, and of these the good ones, which returned the id of a session. It waits between its
// rounds, for the rounds of others. A call that rejects ends it: its row must not look good.

import { createInterface } from 'node:readline';

import { CONTENDERS } from './contenders.mjs';
import { ID_PREFIX } from './request.mjs';
import { Stopwatch } from './stopwatch.mjs';

const WARM_UP = 1; // seconds: connections are open, and what runs often is compiled

const { contender, url, atOnce } = JSON.parse(process.argv[2]);

try {
  const call = await ready();
  if (call) await serve(call);
} catch (error) {
  console.error(`${contender}: ${error.stack}`);
  process.exitCode = 1;
}
process.exit(); // connections that are kept alive would keep some of them here

async function serve(call) {
  await lap(call, WARM_UP);
  say({});
  for await (const seconds of createInterface({ input: process.stdin })) say(await lap(call, Number(seconds)));
}

async function ready() {
  const { load, start } = CONTENDERS[contender];
  try {
    return await start(await load(), url, atOnce);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    say({ missing: error.message });
  }
}

function say(line) {
  console.log(JSON.stringify(line));
}

/** Lanes side by side, in each of which one call follows the other. */
async function lap(call, seconds) {
  const stopwatch = new Stopwatch();
  const end = performance.now() + seconds * 1e3;
  let [calls, good] = [0, 0];
  const lane = async () => {
    while (performance.now() < end) {
      const id = await call();
      good += id.startsWith(ID_PREFIX);
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { ...stopwatch.stop(), calls, good };
}
