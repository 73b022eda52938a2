// Starts a browser that trusts the sandbox's certificate, runs the tests with Node's test runner, and checks the
// browser's network log. The arguments of this script are passed to the test runner.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './chromium.mjs';
import { foreignAddresses } from './net-log.mjs';
import { trustingHome } from './trust.mjs';

const artefacts = join(import.meta.dirname, '../../target/browser');
rmSync(artefacts, { recursive: true, force: true });
mkdirSync(artefacts, { recursive: true });

const folder = mkdtempSync(join(tmpdir(), 'renumerate-browser-'));
const data = join(folder, 'data');
try {
  const home = await trustingHome(join(folder, 'home'), data);
  const browser = await serve(home, join(artefacts, 'net-log.json'));
  const code = await runTests({ BROWSER: browser.wsEndpoint(), DATA: data, ARTEFACTS: artefacts });
  await browser.close();
  const logs = readdirSync(artefacts).filter((name) => name.startsWith('net-log'));
  const foreign = logs.flatMap((name) => foreignAddresses(join(artefacts, name)));
  if (foreign.length > 0) console.error(`the browser contacted other machines: ${foreign.join(', ')}`);
  process.exitCode = code || Number(foreign.length > 0);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runTests(variables) {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs'));
  const args = process.argv.slice(2);
  const tests = args.some((argument) => argument.endsWith('.test.mjs')) ? [] : files;
  // The timeout ends a blocked test, which would otherwise block the whole run.
  const command = ['--test', '--test-timeout', '300000', '--test-concurrency', '2', ...args, ...tests];
  const env = { ...process.env, ...variables };
  const runner = spawn(process.execPath, command, { cwd: import.meta.dirname, env, stdio: 'inherit' });
  const [code] = await once(runner, 'close');
  return code ?? 1;
}
