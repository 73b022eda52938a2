// The native library of this platform.

import './runtime.js';
import type * as Binding from './binding.js';

/**
 * The targets that there are builds for: each is a package of its own, of which npm installs the one that fits, or a file here,
 * where the package was built on the machine that it runs on. Each string stands as it is, so that bundlers and tracers find it.
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
  for (const [name, open] of Object.entries(builds[`${process.platform}-${process.arch}`] ?? {})) {
    try {
      return open();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_DLOPEN_DISABLED') throw error; // it says itself which option of Node forbids it
      const missing = code === 'MODULE_NOT_FOUND';
      if (!missing) cause = error;
      reasons.push(`${name} ${missing ? 'is not there' : `does not load (${firstLine(error)})`}`);
    }
  }
  throw new Error(explain(reasons), cause === undefined ? undefined : { cause });
}

function explain(reasons: string[]): string {
  const here = [process.platform, process.arch, libc()].filter(Boolean).join(' ');
  if (reasons.length === 0) {
    return `@renumerate/node has no native library for ${here}: run it on another platform, or ask for this one`;
  }
  return (
    `@renumerate/node finds no native library for ${here} in ${__dirname}: ${reasons.join('; ')}. ` +
    'Install it on the platform that it runs on (copied node_modules hold another one), with its optional dependencies; ' +
    'where it is bundled, mark it as external; in a clone run "npm run build"'
  );
}

/** Asked for in errors alone: the report takes its time. */
function libc(): string {
  if (process.platform !== 'linux') return '';
  try {
    // Else it may look up the names of open sockets.
    (process.report as { excludeNetwork?: boolean }).excludeNetwork = true;
    const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    const glibc = report.header.glibcVersionRuntime;
    return glibc ? `glibc ${glibc}` : 'musl';
  } catch {
    return ''; // Deno does not say without a permission
  }
}

function firstLine(error: unknown): string {
  return String((error as Error).message)
    .split('\n', 1)
    .join();
}
