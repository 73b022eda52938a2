// Copies example applications into temporary folders and runs them as web servers.

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

/** Creates a temporary folder. It is removed when the test process exits. */
export function freshFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-'));
  folders.push(folder);
  return folder;
}

/** Creates a temporary folder with these examples and the packages of the tests. */
export function application(...examples) {
  const folder = freshFolder();
  for (const name of examples) cpSync(join(EXAMPLES, name), join(folder, name), { recursive: true });
  symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Returns the environment of a program. NODE_TEST_CONTEXT would make a nested test runner report to this one. */
export function environment(sandbox, variables) {
  const { url, privateKey, publicKey } = sandbox;
  const client = { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: privateKey, RENUMERATE_PUBLIC_KEY: publicKey };
  return { NODE_TEST_CONTEXT: undefined, ...client, ...variables };
}

/** A running web server. */
class Server {
  #program;
  #url;

  constructor(program, url) {
    this.#program = program;
    this.#url = url;
  }

  /** Gets a path with these headers, on a new connection. */
  get(path, headers) {
    return fetch(this.#url + path, {
      headers: { connection: 'close', ...headers },
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** Posts JSON with these additional headers, on a new connection. */
  post(path, body, headers, signal = AbortSignal.timeout(60_000)) {
    const allHeaders = { 'content-type': 'application/json', connection: 'close', ...headers };
    return fetch(this.#url + path, { method: 'POST', headers: allHeaders, body: JSON.stringify(body), signal });
  }

  /** Stops the server and returns its output. */
  async stop() {
    this.#program.child.kill();
    const { out, err } = await this.#program.exited;
    return out + err;
  }
}

/** Starts a web server. Returns when the server prints its URL. */
async function startServer(command, options) {
  const program = start(command, { ...options, timeout: 600_000 });
  const { child, output, exited } = program;
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => {
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(output.out) ?? [];
      if (address) resolve(address);
    });
    exited.then(({ out, err }) => reject(new Error(`the server did not start: ${out}${err}`)), reject);
  });
  return new Server(program, url);
}

/** Starts a web server on a free port. Retries if another process takes the port. */
export async function startServerOnFreePort(command, options, attempts = 5) {
  const PORT = String(await freePort());
  try {
    return await startServer(command, { ...options, env: { ...options.env, PORT } });
  } catch (error) {
    if (attempts === 1 || !error.message.includes('EADDRINUSE')) throw error;
    return startServerOnFreePort(command, options, attempts - 1);
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
