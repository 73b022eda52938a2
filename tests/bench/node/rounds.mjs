// Rounds of several contenders, interleaved: a machine whose speed drifts drifts for all of them.

import { spawn } from 'node:child_process';
import path from 'node:path';

import { AUTHORITY } from './bench-server.mjs';
import { Lines } from './lines.mjs';
import { cleanEnvironment, pinned } from './machine.mjs';
import { median, sum } from './numbers.mjs';

const WORKER = path.join(import.meta.dirname, 'worker.mjs');

/** All rounds of one contender, as medians of times per call and sums of counts. */
class Rounds {
  constructor(rounds) {
    this.calls = sum(rounds.map((round) => round.calls));
    this.good = sum(rounds.map((round) => round.good));
    this.requests = sum(rounds.map((round) => round.requests));
    this.refused = sum(rounds.map((round) => round.refused));
    const walls = rounds.map((round) => round.wall / round.calls);
    this.wall = median(walls);
    this.cpu = median(rounds.map((round) => round.cpu / round.calls));
    this.jsCpu = median(rounds.map((round) => round.jsCpu / round.calls));
    this.busy = median(rounds.map((round) => round.busy));
    /** Of the wall times: how far the slowest is from the quickest, as a part of the median. */
    this.spread = (Math.max(...walls) - Math.min(...walls)) / this.wall;
  }
}

/** A contender in its process. */
class Worker {
  /** Why there are no rounds of it, as soon as that is so. */
  failure;
  #process;
  #lines;

  /** The processor is the one that it must keep to, if any. */
  static async start(job, processor) {
    const worker = new Worker();
    const [program, ...command] = pinned(processor, [process.execPath, WORKER, JSON.stringify(job)]);
    const env = { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: AUTHORITY };
    worker.#process = spawn(program, command, { stdio: ['pipe', 'pipe', 'inherit'], env });
    worker.#lines = new Lines(worker.#process);
    const { missing } = (await worker.#line()) ?? {};
    if (missing) worker.failure = `is missing: ${missing}`;
    return worker;
  }

  async lap(seconds) {
    if (this.failure) return undefined;
    this.#process.stdin.write(`${seconds}\n`);
    return this.#line();
  }

  async end() {
    this.#process.stdin.end(); // which ends it
    await this.#lines.status;
  }

  async #line() {
    const line = await this.#lines.next();
    if (line !== undefined) return JSON.parse(line);
    this.failure = `failed with status ${await this.#lines.status}: see its message on stderr`;
  }
}

/** For each contender its rounds, or why there are none. */
export async function interleaved({ contenders, atOnce, tls, clientOn, serverOn }, server, count, seconds) {
  const entries = [];
  for (const contender of contenders) {
    const job = { contender, url: server.url(serverOn, tls), atOnce };
    entries.push({ contender, worker: await Worker.start(job, clientOn), rounds: [] });
  }
  for (let round = 0; round < count; round += 1) {
    for (const { worker, rounds } of entries) {
      const before = await server.counts(serverOn, tls);
      const lap = await worker.lap(seconds);
      const after = await server.counts(serverOn, tls);
      if (lap) {
        rounds.push({ ...lap, requests: after.requests - before.requests, refused: after.refused - before.refused });
      }
    }
  }
  for (const { worker } of entries) await worker.end();
  return new Map(entries.map(({ contender, worker, rounds }) => [contender, worker.failure ?? new Rounds(rounds)]));
}
