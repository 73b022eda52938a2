// The table of sizes: what an installation takes, dependencies included.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { MODULES, PEERS } from './machine.mjs';
import { sum } from './numbers.mjs';
import { printTable } from './tables.mjs';

const OURS = '@renumerate/node';
const PEER = 'undici';

export function printSizes(archive) {
  const measured = [OURS, ...PEERS].map((name) => [name, installed(name)]);
  const peer = measured.find(([name]) => name === PEER)[1];
  const rows = measured.map(([name, sizes]) => [name, sizes ? figures(sizes, peer) : 'is missing']);
  const title = `installed, ours with the native code of this platform alone; ratios to ${PEER}`;
  printTable(title, ['alone', 'in all', 'ratio', 'dependencies'], rows);
  for (const file of filesOf(path.join(MODULES, OURS)).filter((file) => file.endsWith('.node'))) {
    const bytes = readFileSync(file);
    const gzip = megabytes(gzipSync(bytes, { level: 9 }).length);
    console.log(`of ${OURS}, native code: ${path.basename(file)}, ${megabytes(bytes.length)}, as gzip ${gzip}`);
  }
  if (archive) console.log(`its archive: ${megabytes(statSync(archive).size)}`);
}

function figures({ alone, inAll, dependencies }, peer) {
  const ratio = peer ? (inAll / peer.inAll).toFixed(2) : '-';
  return [megabytes(alone), megabytes(inAll), ratio, String(dependencies)];
}

function installed(name) {
  const folder = path.join(MODULES, name);
  if (!existsSync(folder)) return undefined;
  const needs = dependencies(folder);
  const alone = size(folder);
  return { alone, inAll: alone + sum(needs.map(size)), dependencies: needs.length };
}

/** The folders of all that it needs, and that they need. */
function dependencies(folder) {
  const found = new Set();
  const waiting = [folder];
  while (waiting.length > 0) {
    for (const need of direct(waiting.pop())) {
      if (found.has(need)) continue;
      found.add(need);
      waiting.push(need);
    }
  }
  return [...found];
}

function direct(folder) {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json')));
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  return names.map((name) => find(name, folder)).filter((need) => need !== undefined);
}

/** As Node looks for packages: in this folder, then in those above it. */
function find(name, folder) {
  for (let above = folder; above.startsWith(path.dirname(MODULES)); above = path.dirname(above)) {
    const candidate = path.join(above, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
  }
}

/** Of a package's own files: what it needs is counted by itself, wherever it lies. */
function size(folder) {
  return sum(filesOf(folder).map((file) => statSync(file).size));
}

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const inside = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [inside];
    return entry.name === 'node_modules' ? [] : filesOf(inside);
  });
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
