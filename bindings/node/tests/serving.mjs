// Applications in folders of their own, as programs, and what a customer's browser can do with them.

import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './programs.mjs';

export const EXAMPLES = join(import.meta.dirname, '../examples');

const folders = [];

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which goes with the process of the test's file. */
export function freshFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-'));
  folders.push(folder);
  return folder;
}

/** A new folder with these of the examples, and with the packages that the tests have. */
export function application(...examples) {
  const folder = freshFolder();
  for (const name of examples) cpSync(join(EXAMPLES, name), join(folder, name), { recursive: true });
  symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** What a program is told of the sandbox. A test runner that it is must not take itself for a part of this one. */
export function environment(sandbox, variables) {
  const { url: RENUMERATE_BASE_URL, privateKey: RENUMERATE_PRIVATE_KEY } = sandbox;
  return { NODE_TEST_CONTEXT: undefined, RENUMERATE_BASE_URL, RENUMERATE_PRIVATE_KEY, ...variables };
}

/** A web server that has started. */
class Server {
  #program;
  #url;

  constructor(program, url) {
    this.#program = program;
    this.#url = url;
  }

  /** Posts JSON with this cookie, on a connection of its own. */
  post(path, cookie, body, signal = AbortSignal.timeout(60_000)) {
    const headers = { 'content-type': 'application/json', connection: 'close', cookie };
    return fetch(this.#url + path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  }

  /** Stops it, and returns all that it has printed. */
  async stop() {
    this.#program.child.kill();
    const { out, err } = await this.#program.ended;
    return out + err;
  }
}

/** Starts a web server on a port that the system chose, and returns when it says where it listens. */
export async function serving(command, options) {
  const program = start(command, { ...options, within: 600_000 });
  const { child, texts, ended } = program;
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const [listens] = /http:\/\/127\.0\.0\.1:\d+/.exec(texts.out) ?? [];
      if (listens) resolve(listens);
    });
    ended.then(({ out, err }) => reject(new Error(`the server does not start: ${out}${err}`)), reject);
  });
  return new Server(program, url);
}

/** The same for one that cannot be told to let the system choose. Where another process was quicker, it tries again. */
export async function servingOnFreePort(command, options, tries = 5) {
  const PORT = String(await freePort());
  try {
    return await serving(command, { ...options, env: { ...options.env, PORT } });
  } catch (error) {
    if (tries === 1 || !error.message.includes('EADDRINUSE')) throw error;
    return servingOnFreePort(command, options, tries - 1);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
