// Home folder in which Chromium trusts the certificate authority of the sandbox.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { startSandbox } from './process.mjs';

/**
 * Creates a home folder. With this folder as `HOME`, runs the command that the sandbox prints for trusting its
 * certificate.
 */
export async function trustingHome(home, data) {
  mkdirSync(home);
  const sandbox = await startSandbox(data, [], (line) => /\bdb=.*\bcertutil .* -i '[^']*'/.exec(line)?.[0]);
  execFileSync('sh', ['-c', sandbox.value], { env: { ...process.env, HOME: home } });
  await sandbox.stop();
  return home;
}
