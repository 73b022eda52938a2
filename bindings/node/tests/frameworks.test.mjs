// Test runners with a jsdom environment: the package still detects a server.

import { match, ok, strictEqual } from 'node:assert';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from './programs.mjs';

const MODULES = join(import.meta.dirname, 'node_modules');
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'renumerate-frameworks-'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
});

after(() => rmSync(folder, { recursive: true }));

const BODY = `
test('creates a session and raises typed errors', async () => {
  expect(typeof window.document).toBe('object');
  process.env.RENUMERATE_PRIVATE_KEY = 'sk_sandbox_local'; // as dotenv does
  const sandbox = await Sandbox.start();
  const renumerate = new Renumerate({ baseUrl: sandbox.url, publicKey: 'pk_sandbox_local' });
  const { signal } = new AbortController();
  const session = await renumerate.createRetentionSession({ customerId: 'cus_1' }, { signal });
  expect(session).toBeInstanceOf(RetentionSession);
  expect(session.id).toMatch(/^ret_/);
  expect(session.attempts).toEqual([{ outcome: 'status', status: 200, waited: 0, elapsed: expect.any(Number) }]);
  const call = renumerate.createRetentionSession({ customerId: 'cus_not_found' });
  await expect(call).rejects.toThrow(NotFoundError);
  await expect(call).rejects.toBeInstanceOf(Error);
  expect((await sandbox.requests()).map(({ status }) => status)).toEqual([200, 404]);
  const { expiresAt } = renumerate.createHandshakeToken({ customerId: 'cus_1' });
  expect(expiresAt).toBeInstanceOf(Date);
  expect(() => new Renumerate({ timeout: 0 })).toThrow('timeout must be above zero');
  const caBundle = new (require('node:url').URL)('file:///nowhere/ca.pem');
  expect(() => new Renumerate({ caBundle })).toThrow('cannot be read');
  const logger = () => { throw new Error('logger error'); };
  await new Renumerate({ baseUrl: sandbox.url, logger }).createRetentionSession({ customerId: 'cus_1' });
  await sandbox.stop();
});
`;

test('package works in Jest with jsdom', async () => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "jest": { "testEnvironment": "jsdom" } }');
  const head = `
    const { NotFoundError, Renumerate, RetentionSession } = require('@renumerate/node');
    const { Sandbox } = require('@renumerate/node/testing');`;
  for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.test.js`), head + BODY);
  const { out, err } = await start(['jest', '--ci', '--runInBand'], { cwd: folder }).exited;
  match(`${out}${err}`, /Tests: +2 passed/);
});

test('Jest frees the package after each test file', async () => {
  const suite = mkdtempSync(join(tmpdir(), 'renumerate-jest-'));
  try {
    symlinkSync(MODULES, join(suite, 'node_modules'));
    writeFileSync(join(suite, 'package.json'), '{ "private": true, "jest": { "testEnvironment": "jsdom" } }');
    const code = `
      const { Renumerate } = require('@renumerate/node');
      test('a call', async () => {
        const renumerate = new Renumerate({ privateKey: 'sk_x', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
        await expect(renumerate.createRetentionSession({ customerId: 'cus_1' })).rejects.toThrow('refused');
      });`;
    for (let n = 0; n < 24; n++) writeFileSync(join(suite, `${n}.test.js`), code);
    const jest = join(MODULES, '.bin/jest');
    const command = [process.execPath, '--expose-gc', jest, '--ci', '--runInBand', '--logHeapUsage'];
    const { out, err } = await start(command, { cwd: suite }).exited;
    const heaps = [...`${out}${err}`.matchAll(/\((\d+) MB heap size\)/g)].map(([, megabytes]) => Number(megabytes));
    strictEqual(heaps.length, 24, err);
    // A leak is about 3 MB per file. The heap also grows during the first few files.
    ok(heaps.at(-1) - heaps[3] < 30, heaps.join());
  } finally {
    rmSync(suite, { recursive: true });
  }
});

test('package works in Vitest with jsdom', async () => {
  const head = `
    import { createRequire } from 'node:module';
    import { expect, test } from 'vitest';
    import { NotFoundError, Renumerate, RetentionSession } from '@renumerate/node';
    import { Sandbox } from '@renumerate/node/testing';
    const require = createRequire(import.meta.url);`;
  for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.spec.mjs`), head + BODY);
  const command = ['vitest', 'run', '--environment', 'jsdom', '--dir', folder, '--no-cache', '--reporter', 'verbose'];
  for (const pool of ['forks', 'threads']) {
    const { out, err } = await start([...command, '--pool', pool, '--exclude', '*.test.js'], { cwd: folder }).exited;
    match(`${out}${err}`, /Tests +2 passed/);
  }
});
