// Child process of a sandbox: finds the command, starts it and stops it.

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Timeouts in milliseconds. A process that takes longer to start, or to stop, is killed. */
const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 5_000;

/** Contents of the JSON line that the command prints when the sandbox accepts connections. */
export interface StartupInfo {
  readonly url: string;
  readonly private_key: string;
}

/**
 * Starts the command as a child process. The child process ends when this process ends, if not earlier, and does not
 * keep the event loop of this process alive.
 *
 * @param options arguments of `renumerate sandbox`
 * @throws {Error} if the command is missing, fails, or prints a first line that is not JSON
 */
export async function startProcess(command: string, options: readonly string[]): Promise<[ChildProcess, StartupInfo]> {
  const child = spawn(command, ['sandbox', '--port', '0', '--json', '--until-stdin-ends', ...options]);
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
  try {
    const info = JSON.parse(await firstLine(child, command)) as StartupInfo;
    for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume();
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as NodeJS.Timeout).unref?.();
    return [child, info];
  } catch (error) {
    child.kill('SIGKILL');
    if (error instanceof SyntaxError) throw new Error(`${command} is no sandbox: it does not say where it listens`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
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
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? notFound(command) : error));
    child.once('close', () => reject(new Error(`the sandbox does not start: ${errors.trim() || 'it says nothing'}`)));
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
 */
export function findCommand(): string {
  try {
    // Search the current folder too. If `npm link` has installed this package, a search from `__dirname` does not reach
    // the dependencies of the application.
    return require(require.resolve('@renumerate/sandbox', { paths: [__dirname, process.cwd()] })).command;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return 'renumerate';
  }
}

function notFound(command: string): Error {
  return new Error(`there is no command ${command}: npm install --save-dev @renumerate/sandbox`);
}
