// Loads the native library for this platform.

import './runtime.js';
import type * as Binding from './binding.js';

/**
 * Native libraries to try for each platform, in this order: the optional dependencies that npm installs, then the files
 * that a local build writes to this folder. The arguments of `require` are literals, so that bundlers and file tracers
 * find the files.
 */
const builds: Record<string, Record<string, () => typeof Binding>> = {
  'linux-x64': {
    '@renumerate/node-linux-x64-gnu': () => require('@renumerate/node-linux-x64-gnu'),
    '@renumerate/node-linux-x64-musl': () => require('@renumerate/node-linux-x64-musl'),
    'renumerate.linux-x64-gnu.node': () => require('./renumerate.linux-x64-gnu.node'),
    'renumerate.linux-x64-musl.node': () => require('./renumerate.linux-x64-musl.node'),
  },
  'linux-arm64': {
    '@renumerate/node-linux-arm64-gnu': () => require('@renumerate/node-linux-arm64-gnu'),
    '@renumerate/node-linux-arm64-musl': () => require('@renumerate/node-linux-arm64-musl'),
    'renumerate.linux-arm64-gnu.node': () => require('./renumerate.linux-arm64-gnu.node'),
    'renumerate.linux-arm64-musl.node': () => require('./renumerate.linux-arm64-musl.node'),
  },
  'darwin-arm64': {
    '@renumerate/node-darwin-arm64': () => require('@renumerate/node-darwin-arm64'),
    'renumerate.darwin-arm64.node': () => require('./renumerate.darwin-arm64.node'),
  },
  'darwin-x64': {
    '@renumerate/node-darwin-x64': () => require('@renumerate/node-darwin-x64'),
    'renumerate.darwin-x64.node': () => require('./renumerate.darwin-x64.node'),
  },
  'win32-x64': {
    '@renumerate/node-win32-x64-msvc': () => require('@renumerate/node-win32-x64-msvc'),
    'renumerate.win32-x64-msvc.node': () => require('./renumerate.win32-x64-msvc.node'),
  },
  'win32-arm64': {
    '@renumerate/node-win32-arm64-msvc': () => require('@renumerate/node-win32-arm64-msvc'),
    'renumerate.win32-arm64-msvc.node': () => require('./renumerate.win32-arm64-msvc.node'),
  },
};

export const native = load();

function load(): typeof Binding {
  const reasons: string[] = [];
  let cause: unknown;
  for (const [name, requireLibrary] of Object.entries(builds[`${process.platform}-${process.arch}`] ?? {})) {
    try {
      return requireLibrary();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_DLOPEN_DISABLED') throw error; // its message names the Node option that forbids native addons
      const missing = code === 'MODULE_NOT_FOUND';
      if (!missing) cause = error;
      reasons.push(`${name} ${missing ? 'is not there' : `does not load (${firstLine(error)})`}`);
    }
  }
  throw new Error(loadErrorMessage(reasons), cause === undefined ? undefined : { cause });
}

function loadErrorMessage(reasons: string[]): string {
  const platform = [process.platform, process.arch, libc()].filter(Boolean).join(' ');
  if (reasons.length === 0) {
    return `@renumerate/node has no native library for ${platform}: run it on another platform, or ask for this one`;
  }
  return (
    `@renumerate/node finds no native library for ${platform} in ${__dirname}: ${reasons.join('; ')}. ` +
    'Install it on the platform that it runs on (copied node_modules hold another one), with its optional dependencies; ' +
    'where it is bundled, mark it as external; in a clone run "npm run build"'
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
