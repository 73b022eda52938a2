// A program that plays all cases through the package, in whatever runtime it is started with, and prints how many it
// ran and which of them failed. With `altered` it plays altered expectations, each of which must fail.

import { Sandbox } from '@renumerate/node/testing';
import { Run } from './case.mjs';
import { alterations, cases } from './vectors.mjs';

/** More would make the cases whose waits are measured late. */
const AT_ONCE = 16;

const shown = [];
const sandbox = await Sandbox.start({ cases: new URL('../../../tests/vectors', import.meta.url) });
const found = process.argv[2] === 'altered' ? await playAltered() : await playAll();
await sandbox.stop();
console.log(JSON.stringify(found));

async function playAll() {
  const runs = cases().map((written) => new Run(sandbox, written, (text) => shown.push(text)));
  const failed = await failures(runs);
  const secrets = new Set(runs.flatMap((run) => run.secrets()));
  const text = shown.join('\n');
  return {
    ran: runs.length,
    failed: runs.flatMap((run, at) => (failed[at] ? [`${run.case.name}: ${failed[at]}`] : [])),
    leaked: [...secrets].filter((secret) => text.includes(secret)),
    shown: text.length,
  };
}

/** One alteration of each case at a time: the sandbox knows a case by its name. */
async function playAltered() {
  const rounds = [];
  const places = new Map();
  for (const { what, case: written } of alterations()) {
    const place = places.get(written.name) ?? 0;
    places.set(written.name, place + 1);
    if (place === rounds.length) rounds.push([]);
    rounds[place].push({ what, written });
  }
  const unnoticed = [];
  for (const round of rounds) {
    await sandbox.addCases(...round.map(({ written }) => written));
    const failed = await failures(round.map(({ written }) => new Run(sandbox, written, () => {})));
    unnoticed.push(...round.filter((_, at) => !failed[at]).map(({ what, written }) => `${written.name}: ${what}`));
  }
  return { ran: rounds.flat().length, unnoticed };
}

/** Why each run failed, or nothing where it did not. */
async function failures(runs) {
  const reasons = runs.map(() => undefined);
  const left = runs.entries();
  const lane = async () => {
    for (const [at, run] of left) {
      try {
        await run.play();
      } catch (error) {
        reasons[at] = String(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return reasons;
}
