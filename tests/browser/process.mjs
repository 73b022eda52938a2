// `renumerate sandbox` with its widgets, as a process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = process.env.RENUMERATE_COMMAND ?? join(import.meta.dirname, '../../target/debug/renumerate');

/** Milliseconds for it to start, and to stop; it is killed after them. */
const PATIENCE = 30_000;

/** Starts it, and returns it with the first line for which `enough` has a value. It ends with this process. */
export async function startSandbox(data, given, enough) {
  const always = ['sandbox', '--widgets', '--widgets-port', '0', '--port', '0', '--until-stdin-ends'];
  const env = { ...process.env, XDG_DATA_HOME: data };
  const child = spawn(COMMAND, [...always, ...given], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
  const ended = once(child, 'close').then(([code]) => ({ code, complaints }));
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const value = enough(line);
      if (value !== undefined) {
        child.stdout.resume();
        return { value, stop: () => stop(child, ended) };
      }
    }
  } finally {
    clearTimeout(patience);
  }
  const { code } = await ended;
  throw new Error(`the sandbox does not start: it ends with ${code}: ${complaints}`);
}

async function stop(child, ended) {
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  child.stdin.end();
  const { code, complaints } = await ended;
  clearTimeout(patience);
  if (code !== 0 || /panicked/.test(complaints)) throw new Error(`the sandbox ends with ${code}: ${complaints}`);
}
