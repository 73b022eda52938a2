// Process of `renumerate sandbox` with widgets.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = process.env.RENUMERATE_COMMAND ?? join(import.meta.dirname, '../../target/debug/renumerate');

/** Timeout in milliseconds for starting the process, and for stopping it. After the timeout, the process is killed. */
const TIMEOUT = 30_000;

/**
 * Starts the sandbox. Returns the first value that `parse` finds in a line of the sandbox's output, and a function that
 * stops the sandbox. The sandbox also stops when this process ends.
 */
export async function startSandbox(data, args, parse) {
  const baseArgs = ['sandbox', '--widgets', '--widgets-port', '0', '--port', '0', '--until-stdin-ends'];
  const env = { ...process.env, XDG_DATA_HOME: data };
  const child = spawn(COMMAND, [...baseArgs, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const exited = once(child, 'close').then(([code]) => ({ code, errors }));
  const killTimer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const value = parse(line);
      if (value !== undefined) {
        child.stdout.resume();
        return { value, stop: () => stop(child, exited) };
      }
    }
  } finally {
    clearTimeout(killTimer);
  }
  const { code } = await exited;
  throw new Error(`the sandbox did not start: exit code ${code}: ${errors}`);
}

async function stop(child, exited) {
  const killTimer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
  child.stdin.end();
  const { code, errors } = await exited;
  clearTimeout(killTimer);
  if (code !== 0 || /panicked/.test(errors)) throw new Error(`the sandbox failed: exit code ${code}: ${errors}`);
}
