// Loads the native library for this platform.

import './runtime.js';
import { readFileSync } from 'node:fs';
import type * as Binding from './binding.js';

export const native = load();

function load(): typeof Binding {
  const failures: Failure[] = [];
  for (const target of targets()) {
    // First the optional dependency that npm installs, then the file that a local build writes to this folder.
    for (const name of [`@renumerate/node-${target}`, `./renumerate.${target}.node`]) {
      const library = requireLibrary(name, failures);
      if (library) return library;
    }
  }
  const cause = failures.find(({ error }) => !isMissing(error))?.error;
  throw new Error(loadErrorMessage(failures), cause === undefined ? undefined : { cause });
}

/** A library that could not be loaded. */
interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Returns the names of the libraries for this platform. There are two if the C library of the process is unknown. */
function targets(): string[] {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32') return [`${platform}-msvc`];
  return process.platform === 'linux' ? cLibraries().map((name) => `${platform}-${name}`) : [platform];
}

/**
 * Returns the C library that the process uses, `gnu` or `musl`, or both if it is unknown. Loading one library after the
 * other would not find out: with gcompat, musl loads the library for glibc too, but does not run it reliably.
 */
function cLibraries(): string[] {
  if (process.versions.deno) return ['gnu', 'musl']; // Deno asks the user for permission to read the file
  try {
    const mappedFiles = readFileSync('/proc/self/maps', 'latin1');
    return [/\/libc(\.so\.6|-2\.\d+\.so)\b/.test(mappedFiles) ? 'gnu' : 'musl'];
  } catch {
    return ['gnu', 'musl'];
  }
}

/**
 * Loads a library. Returns `undefined` after a failure, and for a platform without a library. The arguments of `require`
 * are literals, so that file tracers find the files. Each call is directly in a `try` block, so that bundlers accept the
 * absence of a library.
 */
function requireLibrary(name: string, failures: Failure[]): typeof Binding | undefined {
  try {
    switch (name) {
      case '@renumerate/node-linux-x64-gnu':
        return require('@renumerate/node-linux-x64-gnu');
      case './renumerate.linux-x64-gnu.node':
        return require('./renumerate.linux-x64-gnu.node');
      case '@renumerate/node-linux-x64-musl':
        return require('@renumerate/node-linux-x64-musl');
      case './renumerate.linux-x64-musl.node':
        return require('./renumerate.linux-x64-musl.node');
      case '@renumerate/node-linux-arm64-gnu':
        return require('@renumerate/node-linux-arm64-gnu');
      case './renumerate.linux-arm64-gnu.node':
        return require('./renumerate.linux-arm64-gnu.node');
      case '@renumerate/node-linux-arm64-musl':
        return require('@renumerate/node-linux-arm64-musl');
      case './renumerate.linux-arm64-musl.node':
        return require('./renumerate.linux-arm64-musl.node');
      case '@renumerate/node-darwin-arm64':
        return require('@renumerate/node-darwin-arm64');
      case './renumerate.darwin-arm64.node':
        return require('./renumerate.darwin-arm64.node');
      case '@renumerate/node-darwin-x64':
        return require('@renumerate/node-darwin-x64');
      case './renumerate.darwin-x64.node':
        return require('./renumerate.darwin-x64.node');
      case '@renumerate/node-win32-x64-msvc':
        return require('@renumerate/node-win32-x64-msvc');
      case './renumerate.win32-x64-msvc.node':
        return require('./renumerate.win32-x64-msvc.node');
      case '@renumerate/node-win32-arm64-msvc':
        return require('@renumerate/node-win32-arm64-msvc');
      case './renumerate.win32-arm64-msvc.node':
        return require('./renumerate.win32-arm64-msvc.node');
    }
  } catch (error) {
    if (codeOf(error) === 'ERR_DLOPEN_DISABLED') throw error; // its message names the Node option that forbids addons
    failures.push({ name, error });
  }
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'MODULE_NOT_FOUND';
}

/** Returns the error message in one line: what happened, what to do, and then the details. */
function loadErrorMessage(failures: Failure[]): string {
  const platform = [process.platform, process.arch, libc()].filter(Boolean).join(' ');
  if (failures.length === 0) {
    return `@renumerate/node has no native library for ${platform}; run it on another platform, or ask for this one`;
  }
  const details = failures.map(
    ({ name, error }) => `${name}: ${isMissing(error) ? 'not installed' : `does not load, ${firstLine(error)}`}`,
  );
  const folder = typeof __dirname === 'string' ? `, searched from ${__dirname}` : ''; // absent in an ES module bundle
  return (
    `@renumerate/node cannot load its native library; ${remedy(failures)} ` +
    `(platform: ${platform}${folder}; ${details.join('; ')})`
  );
}

function remedy(failures: Failure[]): string {
  if (failures.some(({ error }) => /failed to map segment|Operation not permitted/.test(firstLine(error)))) {
    return 'move node_modules to a folder that is not mounted noexec';
  }
  return (
    'run "npm install" on this machine, without --omit=optional; in a clone, run "npm run build"; ' +
    'in a bundle, add the condition "module" or mark the package as external'
  );
}

/** Returns the name of the C library. Use it only in error messages: it needs a diagnostic report, which is slow. */
function libc(): string {
  if (process.platform !== 'linux') return '';
  try {
    // Without this setting, `getReport` may make reverse DNS lookups for open sockets.
    (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
    const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    const glibc = report.header.glibcVersionRuntime;
    return glibc ? `glibc ${glibc}` : 'musl';
  } catch {
    return ''; // Deno throws an error unless the report is permitted
  }
}

function firstLine(error: unknown): string {
  return String((error as Error).message)
    .split('\n', 1)
    .join();
}
