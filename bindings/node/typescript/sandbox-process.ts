// The process of a sandbox: found, started, stopped.

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Milliseconds that it may take to start, and to stop; it is killed after them. */
const STARTS_WITHIN = 30_000;
const STOPS_WITHIN = 5_000;

/** What it says when it has started. */
export interface Said {
  readonly url: string;
  readonly private_key: string;
}

/** Starts it with these arguments of `renumerate sandbox`. It ends with this process, and keeps it from nothing. */
export async function startProcess(command: string, options: readonly string[]): Promise<[ChildProcess, Said]> {
  const child = spawn(command, ['sandbox', '--port', '0', '--json', '--until-stdin-ends', ...options]);
  const patience = setTimeout(() => child.kill('SIGKILL'), STARTS_WITHIN);
  try {
    const said = JSON.parse(await firstLine(child, command)) as Said;
    for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume();
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as NodeJS.Timeout).unref?.();
    return [child, said];
  } catch (error) {
    child.kill('SIGKILL');
    if (error instanceof SyntaxError) throw new Error(`${command} is no sandbox: it does not say where it listens`);
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

function firstLine(child: ChildProcessWithoutNullStreams, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let [said, errors] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (said.includes('\n')) resolve(said.split('\n', 1).join());
    });
    child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? notFound(command) : error));
    child.once('close', () => reject(new Error(`the sandbox does not start: ${errors.trim() || 'it says nothing'}`)));
  });
}

/** Ends it, and returns when it has ended. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const patience = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN);
  await ended;
  clearTimeout(patience);
}

/** The command of the package `@renumerate/sandbox`; where that is not installed, the one on the path. */
export function findCommand(): string {
  try {
    // From the application too: a package that is linked into it does not see what is installed there.
    return require(require.resolve('@renumerate/sandbox', { paths: [__dirname, process.cwd()] })).command;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return 'renumerate';
  }
}

function notFound(command: string): Error {
  return new Error(`there is no command ${command}: npm install --save-dev @renumerate/sandbox`);
}
