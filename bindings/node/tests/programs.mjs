// Runs programs in child processes. Tests use them for startup, shutdown and other environments.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds until a program is killed and its test fails. */
const TIMEOUT = 120_000;

/** Starts a program, by default in this folder. */
export function start([command, ...args], { env = {}, cwd = import.meta.dirname, timeout = TIMEOUT } = {}) {
  // The test runner may set FORCE_COLOR.
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const variables = { ...inherited, NO_COLOR: '1', ...env };
  const child = spawn(command, args, { cwd, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output.err += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
  const exited = once(child, 'close').then(([code, signal]) => {
    clearTimeout(timer);
    return { code, signal, ...output };
  });
  return { child, output, exited };
}

/** Waits for the program, asserts that it exited with 0 and no warning, and returns its output. */
export async function finish({ exited }) {
  const { code, signal, out, err } = await exited;
  if (code !== 0) throw new Error(`the program exited with ${code ?? signal}: ${out}${err}`);
  if (/panicked|Warning/.test(err)) throw new Error(`the program printed a warning: ${err}`);
  return out;
}

/** Runs a program and returns its output. */
export async function run(command, options) {
  return finish(start(command, options));
}

/** Runs the code as an ES module in a child process. */
export function runModule(code, options) {
  return run([process.execPath, '--input-type=module', '--eval', code], options);
}
