// The server that all contenders call, a program of its own: it counts what came, so that nobody is quick by not
// calling.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';

import { Lines } from './lines.mjs';
import { cleanEnvironment } from './machine.mjs';

/** The certificate of the authority that the servers' TLS is of. */
export const AUTHORITY = path.join(import.meta.dirname, 'authority.pem');

/** Four servers in one process: without TLS and with it, one that keeps to processor 0 and one to processor 1 each. */
export class BenchServer {
  #process;
  #lines;
  #urls;

  static async start(program) {
    const server = new BenchServer();
    server.#process = spawn(program, ['serve', '--tls', AUTHORITY], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnvironment(),
    });
    server.#lines = new Lines(server.#process);
    server.#urls = await server.#line();
    return server;
  }

  url(processor, tls) {
    return this.#urls[place(processor, tls)];
  }

  /** What came so far to one of them: requests, and of these the ones that were not answered with a 200. */
  async counts(processor, tls) {
    this.#process.stdin.write('\n');
    const numbers = (await this.#line()).map(Number);
    const at = 2 * place(processor, tls);
    return { requests: numbers[at], refused: numbers[at + 1] };
  }

  async end() {
    this.#process.stdin.end(); // which ends it
    await this.#lines.status;
    rmSync(AUTHORITY);
  }

  async #line() {
    const line = await this.#lines.next();
    if (line === undefined) throw new Error(`the server ended with status ${await this.#lines.status}`);
    return line.split(' ');
  }
}

function place(processor, tls) {
  return processor + (tls ? 2 : 0);
}
