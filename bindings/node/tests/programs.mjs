// Programs of their own, for what a test's process cannot show: how one starts, behaves elsewhere, and ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds: a program that hangs is killed then, and its test fails. */
const LONGEST = 120_000;

/** Starts a program in this folder, or another one. */
export function start([command, ...given], { env = {}, cwd = import.meta.dirname, within = LONGEST } = {}) {
  // The test runner may ask for colours.
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const variables = { ...inherited, NO_COLOR: '1', ...env };
  const child = spawn(command, given, { cwd, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (texts.err += text));
  const patience = setTimeout(() => child.kill('SIGKILL'), within);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(patience);
    return { code, signal, ...texts };
  });
  return { child, texts, ended };
}

/** Waits for its end, which must be a good one, and returns what it printed. */
export async function finish({ ended }) {
  const { code, signal, out, err } = await ended;
  if (code !== 0) throw new Error(`the program ended with ${code ?? signal}: ${out}${err}`);
  if (/panicked|Warning/.test(err)) throw new Error(`the program complains: ${err}`);
  return out;
}

/** Runs a program to its end, and returns what it printed. */
export async function run(command, options) {
  return finish(start(command, options));
}

/** Runs the code as an ES module in a process of its own. */
export function runModule(code, options) {
  return run([process.execPath, '--input-type=module', '--eval', code], options);
}
