// The table of imports: what a fresh process takes longer because of one, by `require` and by `import`.

import { spawnSync } from 'node:child_process';

import { cleanEnvironment, PEERS } from './machine.mjs';
import { median } from './numbers.mjs';
import { printTable } from './tables.mjs';

const TIMES = 15;
const EMPTY = '';
const PEER = 'undici';

const WAYS = {
  require: { options: [], of: (name) => `require('${name}')` },
  import: { options: ['--input-type=module'], of: (name) => `import '${name}'` },
};
const NAMES = ['@renumerate/node', 'node:http', ...PEERS];

export function printImports() {
  const environment = cleanEnvironment();
  const statements = Object.entries(WAYS).flatMap(([way, { options, of }]) => [
    { way, name: EMPTY, arguments: [...options, '--eval', '0'] },
    ...NAMES.map((name) => ({ way, name, arguments: [...options, '--eval', of(name)] })),
  ]);
  for (const statement of statements) statement.failure = firstRun(statement.arguments, environment);
  const those = statements.filter(({ failure }) => !failure);
  for (const statement of those) statement.times = [];
  for (let time = 0; time < TIMES; time += 1) {
    for (const statement of those) statement.times.push(milliseconds(statement.arguments, environment));
  }
  const of = (way, name) => statements.find((statement) => statement.way === way && statement.name === name);
  const empty = Object.keys(WAYS).map((way) => `${median(of(way, EMPTY).times).toFixed(1)} ms`);
  printTable(
    `require and import, net of empty processes (${empty.join(' and ')}); ${TIMES} fresh processes each; ` +
      `ratios to ${PEER}`,
    Object.keys(WAYS).flatMap((way) => [way, 'ratio', 'least']),
    NAMES.map((name) => [name, row(name, of)]),
  );
}

function row(name, of) {
  const ways = Object.keys(WAYS);
  const failure = ways.map((way) => of(way, name).failure).find(Boolean);
  return failure ?? ways.flatMap((way) => figures(of(way, name), of(way, EMPTY), of(way, PEER)));
}

function figures(own, empty, peer) {
  const net = (statement, kind) => kind(statement.times) - kind(empty.times);
  const least = (times) => Math.min(...times);
  return [
    `${net(own, median).toFixed(1)} ms`,
    peer.times ? (net(own, median) / net(peer, median)).toFixed(3) : '-',
    `${net(own, least).toFixed(1)} ms`,
  ];
}

/** What goes wrong, if anything does; files are in the system's cache afterwards. */
function firstRun(statement, environment) {
  const { status, stderr } = run(statement, environment);
  return status === 0 ? undefined : `is missing: ${/^\w*Error.*$/m.exec(stderr)?.[0] ?? `status ${status}`}`;
}

function milliseconds(statement, environment) {
  const started = performance.now();
  run(statement, environment);
  return performance.now() - started;
}

/** In the folder of the installation: that is where code on the command line looks for packages. */
function run(statement, env) {
  const stdio = ['ignore', 'ignore', 'pipe'];
  return spawnSync(process.execPath, statement, { cwd: import.meta.dirname, env, stdio, encoding: 'utf8' });
}
