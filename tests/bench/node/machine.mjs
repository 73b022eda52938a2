// Where this runs, and an environment for measured processes that has nothing special in it.

import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// Proxies and files of certificates are looked at by some libraries, and NODE_* changes what the runtime does itself.
// RENUMERATE_* would change our client.
const CHANGES_A_CLIENT = /^(.*_PROXY|SSL_CERT_(FILE|DIR)|OPENSSL_.*|RENUMERATE_.*|STRIPE_.*|NODE_.*|UV_.*|DEBUG)$/i;

export const PEERS = ['undici', 'stripe', 'axios', 'got'];

/** Where packages are installed. */
export const MODULES = path.join(import.meta.dirname, 'node_modules');

export function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !CHANGES_A_CLIENT.test(name)));
}

/** Whether the two processors that the server keeps to are ours. */
export function canPin() {
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const ranges = allowed.split(',').map((range) => range.split('-').map(Number));
  return [0, 1].every((processor) => ranges.some(([from, to = from]) => from <= processor && processor <= to));
}

/** The command, kept to this processor where there is one. */
export function pinned(processor, command) {
  return processor === undefined || !canPin() ? command : ['taskset', '--cpu-list', String(processor), ...command];
}

/** One line. */
export function facts() {
  const load = os.loadavg().map((average) => average.toFixed(1));
  return (
    `Node.js ${process.versions.node}, ${os.type()} ${os.arch()}, ${os.cpus()[0]?.model ?? 'an unnamed processor'}, ` +
    `${os.availableParallelism()} processors; load before: ${load.join(', ')}`
  );
}

/** Of the peers, in one line. */
export function versions() {
  return [...PEERS.map((name) => `${name} ${version(name)}`), `fetch's undici ${process.versions.undici}`].join(', ');
}

function version(name) {
  try {
    return JSON.parse(readFileSync(path.join(MODULES, name, 'package.json'), 'utf8')).version;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '(missing)';
  }
}
