// Child process of a sandbox: finds the command, starts it and stops it.

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Timeouts in milliseconds. A process that takes longer to start, or to stop, is killed. */
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** Contents of the JSON line that the command prints when the sandbox accepts connections. */
export interface StartupInfo {
  readonly url: string;
  readonly private_key: string;
  readonly public_key: string;
}

/**
 * Starts the command as a child process. The child process ends when this process ends, if not earlier, and does not
 * keep the event loop of this process alive.
 *
 * @param options arguments of `renumerate sandbox`
 * @throws {Error} if the command does not exist, cannot be executed, fails, or prints a first line that is not JSON
 */
export async function startProcess(command: string, options: readonly string[]): Promise<[ChildProcess, StartupInfo]> {
  const child = spawnSandbox(command, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  try {
    const info = parseInfo(await firstLine(child, command), command);
    for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume();
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as NodeJS.Timeout).unref?.();
    return [child, info];
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function spawnSandbox(command: string, options: readonly string[]): ChildProcessWithoutNullStreams {
  try {
    return spawn(command, ['sandbox', '--port', '0', '--json', '--until-stdin-ends', ...options]);
  } catch (error) {
    throw spawnError(command, error as NodeJS.ErrnoException); // Node throws rare errors and emits the others
  }
}

function parseInfo(line: string, command: string): StartupInfo {
  try {
    const info = JSON.parse(line);
    if (typeof info.url === 'string') return info;
  } catch {} // not JSON, or `null`
  throw noSandbox(command);
}

function firstLine(child: ChildProcessWithoutNullStreams, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let [output, errors] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('\n')) resolve(output.split('\n', 1).join());
    });
    child.once('error', (error) => reject(spawnError(command, error)));
    child.once('close', () => reject(errors.trim() ? startError(errors.trim()) : noSandbox(command)));
  });
}

/** Stops the process and waits for its end. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
  await ended;
  clearTimeout(timer);
}

/**
 * Returns the path of the command in the package `@renumerate/sandbox`. If the package is not installed, returns the
 * name of the command, which `spawn` looks up in `PATH`.
 *
 * @throws {Error} if the package is installed without the command for this platform
 */
export function findCommand(): string {
  try {
    // Search the current folder too. If `npm link` has installed this package, a search from `__dirname` does not reach
    // the dependencies of the application.
    return require(require.resolve('@renumerate/sandbox', { paths: [__dirname, process.cwd()] })).command;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'MODULE_NOT_FOUND') throw startError(message);
    return 'renumerate';
  }
}

/** Creates the error of a sandbox that does not start. RULES.md lists the problems, for the test kits of all languages. */
function startError(problem: string): Error {
  return new Error(`could not start the sandbox: ${problem}`);
}

function spawnError(command: string, { code, message }: NodeJS.ErrnoException): Error {
  if (code === 'ENOENT') {
    const install = 'run "npm install --save-dev @renumerate/sandbox", or set the option command to its path';
    return startError(`the command ${command} does not exist; ${install}`);
  }
  const allow = `run "chmod +x ${command}", or move it to a folder that is not mounted noexec`;
  return startError(`the command ${command} cannot be executed: ${code ?? message}; ${allow}`);
}

function noSandbox(command: string): Error {
  return startError(
    `the command ${command} did not print the URL of a sandbox; check that it is the renumerate command`,
  );
}
