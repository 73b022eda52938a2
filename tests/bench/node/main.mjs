// The SDK for Node.js beside its peers, in one run: calls, imports, threads and memory, sizes.
//
// Rounds are interleaved and each contender has a process of its own. Ratios are what to quote: machines are noisy, and
// differ. Nothing is asserted of times.

import { parseArgs } from 'node:util';

import { BenchServer } from './bench-server.mjs';
import { printCalls, SECTIONS } from './calls.mjs';
import { printFootprint } from './footprint.mjs';
import { printImports } from './imports.mjs';
import { canPin, facts, versions } from './machine.mjs';
import { printSizes } from './sizes.mjs';

const ALL = [...Object.keys(SECTIONS), 'imports', 'footprint', 'sizes'];
const USAGE = `arguments: [--rounds N] [--seconds N] [--only SECTION...]
sections: ${ALL.join(', ')}`;

async function main() {
  const options = parse();
  if (process.platform !== 'linux') {
    refuse('this counts threads in /proc and pins processes to processors: it needs Linux');
  }
  console.log(facts());
  console.log(versions());
  const { rounds, seconds } = options;
  console.log(`${rounds} interleaved rounds of ${seconds} s for each contender, over loopback; figures are medians.`);
  console.log('Machines are noisy: quote ratios, and take those that differ by less than the spread for a tie.');
  console.log("A ratio is the figure before it divided by the peer's. CPU is that of the client's process alone,");
  console.log('and of it JS what the thread that runs JavaScript takes.');
  if (!canPin()) console.log("! processors 0 and 1 are not both ours: who runs where is the scheduler's choice");
  const server = await BenchServer.start(options.server);
  for (const section of options.only) await print(section, server, options);
  await server.end();
  console.log(`\nall that took ${(performance.now() / 1e3).toFixed(0)} s`);
}

function print(section, server, { rounds, seconds, archive }) {
  if (section === 'imports') return printImports();
  if (section === 'footprint') return printFootprint(server.url(1, false));
  if (section === 'sizes') return printSizes(archive);
  return printCalls(SECTIONS[section], server, rounds, seconds);
}

function parse() {
  const { values, positionals } = given();
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const only = values.only ? [...values.only, ...positionals] : ALL;
  if (!(rounds >= 1 && seconds > 0) || only.some((section) => !ALL.includes(section))) refuse(USAGE);
  return { ...values, rounds, seconds, only };
}

function given() {
  const options = {
    server: { type: 'string' }, // the program renumerate-bench
    archive: { type: 'string' }, // the SDK's package, to tell its size
    rounds: { type: 'string', default: '7' }, // how many for each contender
    seconds: { type: 'string', default: '0.25' }, // how long each takes
    only: { type: 'string', multiple: true },
  };
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(`${error.message}\n${USAGE}`);
  }
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

await main();
