// Wall time, the CPU time of this whole process (threads of a native library count like any other), and that of the one
// thread that runs JavaScript, all in microseconds; and what part of the wall time its event loop did not wait.

import { readFileSync } from 'node:fs';

const JS_THREAD = `/proc/self/task/${process.pid}/schedstat`;

export class Stopwatch {
  #before = read();

  /** What passed since the start. */
  stop() {
    const [before, now] = [this.#before, read()];
    return {
      wall: now.wall - before.wall,
      cpu: now.cpu - before.cpu,
      jsCpu: now.jsCpu - before.jsCpu,
      busy: performance.eventLoopUtilization(now.loop, before.loop).utilization,
    };
  }
}

function read() {
  // In this order: asked for the process's CPU time, the kernel brings that of the running thread up to date as well.
  const { user, system } = process.cpuUsage();
  const [nanoseconds] = readFileSync(JS_THREAD, 'utf8').split(' ');
  const jsCpu = Number(nanoseconds) / 1e3;
  return { wall: performance.now() * 1e3, cpu: user + system, jsCpu, loop: performance.eventLoopUtilization() };
}
