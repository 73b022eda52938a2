// Worker for Node; the README in tests/bench describes the commands. A call that rejects ends the process.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { ID_PREFIX } from './request.mjs';
import { SUBJECTS } from './subjects.mjs';
import { TOKEN_SUBJECTS } from './tokens.mjs';

const JS_THREAD = `/proc/self/task/${process.pid}/schedstat`;

/** Wall time, CPU time of the process with all its threads, CPU time of the JavaScript thread; in seconds. */
function readClocks() {
  // In this order: reading the CPU time of the process also updates that of the running thread in the kernel.
  const { user, system } = process.cpuUsage();
  const [nanoseconds] = readFileSync(JS_THREAD, 'utf8').split(' ');
  const [cpu, jsCpu] = [(user + system) / 1e6, Number(nanoseconds) / 1e9];
  return { wall: performance.now() / 1e3, cpu, jsCpu, loop: performance.eventLoopUtilization() };
}

/** Runs concurrent callers, each of which makes one call after another. */
async function makeCalls(call, { concurrency, seconds = Number.POSITIVE_INFINITY, count }) {
  const limit = count === undefined ? Number.POSITIVE_INFINITY : Math.floor(count / concurrency);
  const before = readClocks();
  const end = performance.now() + seconds * 1e3;
  let [calls, sessions] = [0, 0];
  const caller = async () => {
    for (let own = 0; own < limit && performance.now() < end; own += 1) {
      const id = await call();
      sessions += id.startsWith(ID_PREFIX);
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const after = readClocks();
  return {
    wall_seconds: after.wall - before.wall,
    cpu_seconds: after.cpu - before.cpu,
    js_cpu_seconds: after.jsCpu - before.jsCpu,
    loop_busy: performance.eventLoopUtilization(after.loop, before.loop).utilization,
    calls,
    sessions,
  };
}

async function timeTokens({ subject, count }) {
  const create = await TOKEN_SUBJECTS[subject]();
  const before = readClocks();
  for (let created = 0; created < count; created += 1) create();
  const after = readClocks();
  return { wall_seconds: after.wall - before.wall, cpu_seconds: after.cpu - before.cpu };
}

let call;

async function handle(command) {
  const subject = SUBJECTS[command.subject];
  switch (command.do) {
    case 'import':
      await subject.load();
      return {};
    case 'open':
      try {
        call = await subject.open(await subject.load(), command.base_url, command.concurrency);
        return {};
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        return { error: `is missing: ${error.message}` };
      }
    case 'calls':
      return makeCalls(call, command);
    case 'tokens':
      return timeTokens(command);
  }
}

const say = (reply) => console.log(JSON.stringify(reply));
say({});
for await (const line of createInterface({ input: process.stdin })) say(await handle(JSON.parse(line)));
process.exit(); // because kept connections of some subjects would keep the process alive
