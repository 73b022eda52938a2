// The tables of calls: what one costs the client, beside what it costs peers.

import { CONTENDERS } from './contenders.mjs';
import { interleaved } from './rounds.mjs';
import { printTable } from './tables.mjs';

/** Whom the others are compared with: of them the quickest. */
const PEER = 'undici Pool';

// A woken processor costs more than most of these calls do. On one processor the client's own cost shows. Not pinned,
// one call at a time may run there too or wake another processor for each call, as the scheduler likes, which changes
// from run to run: the times tell. `byTime`: whether times are told, or how many calls there were in a second.
const ALONE_ON_ONE = { title: '1 at a time, client and server on one processor', atOnce: 1, clientOn: 0, serverOn: 0 };
const ALONE = { title: '1 at a time, not pinned', atOnce: 1, serverOn: 1 };
const MANY = [16, 64].map((atOnce) => ({ title: `${atOnce} at once, not pinned`, atOnce, serverOn: 1 }));

export const SECTIONS = {
  'one-cpu': section(ALONE_ON_ONE, { tls: false, byTime: true }),
  'http-1': section(ALONE, { tls: false, byTime: true }),
  'http-16': section(MANY[0], { tls: false, byTime: false }),
  'http-64': section(MANY[1], { tls: false, byTime: false }),
  'tls-one-cpu': section(ALONE_ON_ONE, { tls: true, byTime: true }),
  'tls-1': section(ALONE, { tls: true, byTime: true }),
  'tls-16': section(MANY[0], { tls: true, byTime: false }),
  'tls-64': section(MANY[1], { tls: true, byTime: false }),
};

function section(load, way) {
  return { ...load, ...way, contenders: Object.keys(CONTENDERS) };
}

export async function printCalls(section, server, count, seconds) {
  const results = await interleaved(section, server, count, seconds);
  const peer = results.get(PEER);
  const title = `${section.tls ? 'HTTP/1.1 over TLS' : 'HTTP/1.1'}, ${section.title}; ratios to ${PEER}`;
  const head = [section.byTime ? 'wall/call' : 'calls/s', 'ratio', 'CPU/call', 'ratio', 'of it JS', 'ratio'];
  const rows = [...results].map(([name, result]) => [
    name,
    typeof result === 'string' ? result : figures(section, result, peer),
  ]);
  printTable(title, [...head, 'loop busy', 'spread', 'requests', 'calls', 'not 200'], rows);
  for (const [name, result] of results) {
    if (typeof result === 'string') continue;
    const { calls, good, requests } = result;
    if (calls === good && good === requests) continue;
    console.log(`! ${name}: ${calls} calls, ${good} sessions, ${requests} requests: not one number`);
  }
}

function figures(section, rounds, peer) {
  const ratio = (of) => (typeof peer === 'string' ? '-' : of(rounds, peer).toFixed(2));
  return [
    section.byTime ? micros(rounds.wall) : Math.round(1e6 / rounds.wall).toLocaleString('en'),
    ratio((ours, theirs) => (section.byTime ? ours.wall / theirs.wall : theirs.wall / ours.wall)),
    micros(rounds.cpu),
    ratio((ours, theirs) => ours.cpu / theirs.cpu),
    micros(rounds.jsCpu),
    ratio((ours, theirs) => ours.jsCpu / theirs.jsCpu),
    `${(rounds.busy * 100).toFixed(0)}%`,
    `${(rounds.spread * 100).toFixed(0)}%`,
    String(rounds.requests),
    String(rounds.calls),
    String(rounds.refused),
  ];
}

function micros(time) {
  return `${time.toFixed(1)} us`;
}
