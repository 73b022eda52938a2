// A user's home, in which Chromium trusts the sandbox as the sandbox says that it comes to be trusted.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { startSandbox } from './process.mjs';

/** Makes a home as new users have it, and does there as the sandbox says: it prints the line that makes Chromium trust it. */
export async function trustingHome(home, data) {
  mkdirSync(home);
  const sandbox = await startSandbox(data, [], (line) => /\bdb=.*\bcertutil .* -i '[^']*'/.exec(line)?.[0]);
  execFileSync('sh', ['-c', sandbox.value], { env: { ...process.env, HOME: home } });
  await sandbox.stop();
  return home;
}
