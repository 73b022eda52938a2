// The table of threads and memory that each contender takes, stage by stage.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { CONTENDERS } from './contenders.mjs';
import { cleanEnvironment } from './machine.mjs';
import { median } from './numbers.mjs';
import { printTable } from './tables.mjs';

const PROBE = path.join(import.meta.dirname, 'footprint-probe.mjs');
const STAGES = ['before', 'imported', 'constructed', 'called'];
const TIMES = 5;

export function printFootprint(url) {
  const runs = Object.keys(CONTENDERS).map((name) => [name, Array.from({ length: TIMES }, () => probe(name, url))]);
  const table = (title, cell) => {
    const rows = runs.map(([name, all]) => [name, row(all, cell)]);
    printTable(title, STAGES, rows);
  };
  table("threads; those before are Node's own", (stages) => String(median(stages.map(({ threads }) => threads))));
  table('resident memory', (stages) => `${(median(stages.map(({ memory }) => memory)) / 1e6).toFixed(1)} MB`);
}

function row(runs, cell) {
  const failure = runs.find((run) => typeof run === 'string');
  return failure ?? STAGES.map((stage) => cell(runs.map((run) => run[stage])));
}

function probe(name, url) {
  const { status, stdout } = spawnSync(process.execPath, [PROBE, name, url], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return status === 0 ? JSON.parse(stdout) : `failed with status ${status}: see its message on stderr`;
}
