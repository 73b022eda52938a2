// Starts a browser that trusts the sandbox, runs the tests with node's own test runner, and looks with whom the browser
// spoke. What it is given goes to the runner.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './chromium.mjs';
import { strangers } from './strangers.mjs';
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
  const others = logs.flatMap((name) => strangers(join(artefacts, name)));
  if (others.length > 0) console.error(`the browser spoke with ${others.join(', ')}`);
  process.exitCode = code || Number(others.length > 0);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runTests(variables) {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs'));
  const given = process.argv.slice(2);
  const tests = given.some((argument) => argument.endsWith('.test.mjs')) ? [] : files;
  // A page that never comes must not hold up all the others.
  const command = ['--test', '--test-timeout', '300000', '--test-concurrency', '2', ...given, ...tests];
  const env = { ...process.env, ...variables };
  const runner = spawn(process.execPath, command, { cwd: import.meta.dirname, env, stdio: 'inherit' });
  const [code] = await once(runner, 'close');
  return code ?? 1;
}
