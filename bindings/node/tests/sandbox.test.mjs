// The test kit: starts, scripts, inspects and stops a sandbox.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '@renumerate/node/testing';
import { rejection, startSandbox, thrown } from './fixtures.mjs';
import { waitFor } from './polling.mjs';
import { run, runModule } from './programs.mjs';

const running = startSandbox();

test('scripts run in order per customer', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_a.b', { status: 500, body: { error: 'script error' } }, { mint: true });
  await sandbox.script('cus_a-b', { fault: 'reset_before_status' });
  const client = sandbox.client({ maxRetries: 0 });
  const call = (customerId) => client.createRetentionSession({ customerId });
  for (let n = 0; n < 2; n++) {
    match((await rejection(call('cus_a.b'))).message, /script error/);
    ok((await call('cus_a.b')).id);
    strictEqual((await rejection(call('cus_a-b'))).name, 'NetworkError');
  }
});

test('requests and sessions can be inspected', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_busy', { status: 429, headers: { 'retry-after': 0 } }, { mint: true, delay: 5 });
  const parameters = { customerId: 'cus_busy', subscriptionId: 'sub_1' };
  const session = await sandbox.client().createRetentionSession(parameters);
  const [first, second] = await sandbox.requests();
  deepStrictEqual([first.status, second.status, first.method, first.path], [429, 200, 'POST', '/v1/retention/session']);
  deepStrictEqual(JSON.parse(first.body), { retention: { customer_id: 'cus_busy', subscription_id: 'sub_1' } });
  ok(first.headers['content-type'] === 'application/json' && !('x-brand-key' in first.headers));
  ok(second.at > first.at && Number.isInteger(second.connection));
  deepStrictEqual(await sandbox.session(session.id), { kind: 'retention', ...parameters, customerEmail: null });
  match(
    (await rejection(sandbox.session('ret_another'))).message,
    /This sandbox has not created a session with this id/,
  );
  deepStrictEqual(await sandbox.requests('another'), []);
  await sandbox.reset();
  deepStrictEqual(await sandbox.requests(), []);
});

test('invalid script is rejected with customer and field', async () => {
  const { sandbox } = running;
  const message = async (...responses) => (await rejection(sandbox.script('cus_9', ...responses))).message;
  match(await message({ fault: 'sulk' }), /script for cus_9: response 1: fault: unknown variant `sulk`/);
  match(await message({ status: 99 }), /script for cus_9: status 99 is invalid; use 200 to 999/);
  match(await message({}, { closeAfter: -1 }), /script for cus_9: response 2: closeAfter: -1 is invalid/);
  match(await message({ delay: '1 s' }), /script for cus_9: response 1: delay: invalid type: string "1 s"/);
  match(await message(), /script\("cus_9"\) needs at least one response/);
});

test('startup failure reports the cause', async () => {
  match((await rejection(Sandbox.start({ cases: '/nowhere' }))).message, /does not start: .*No such file/);
  const missing = await rejection(Sandbox.start({ command: '/nowhere/renumerate' }));
  strictEqual(missing.message, 'there is no command /nowhere/renumerate: npm install --save-dev @renumerate/sandbox');
});

test('invalid command or option is rejected', async () => {
  match((await rejection(Sandbox.start({ command: '/bin/echo' }))).message, /^\/bin\/echo is no sandbox/);
  match((await rejection(Sandbox.start({ command: '/bin/true' }))).message, /does not start: it says nothing/);
  match((await rejection(Sandbox.start({ privatekey: 'sk_x' }))).message, /^there is no option privatekey/);
});

test('stopped sandbox rejects requests', async () => {
  const sandbox = await Sandbox.start();
  const { url } = sandbox;
  await Promise.all([sandbox.stop(), sandbox.stop()]);
  await sandbox.stop();
  match((await rejection(sandbox.requests())).message, /the sandbox is stopped/);
  const client = sandbox.client({ maxRetries: 0 });
  strictEqual((await rejection(client.createRetentionSession({ customerId: 'cus_1' }))).name, 'NetworkError');
  strictEqual(sandbox.url, url);
});

test('await using stops the sandbox', async () => {
  const sandbox = await Sandbox.start();
  await sandbox[Symbol.asyncDispose]();
  match((await rejection(sandbox.requests())).message, /the sandbox is stopped/);
  match(thrown(() => new Sandbox()).message, /await Sandbox.start\(\)/);
});

test('sandbox does not keep its parent alive and exits with it', async () => {
  const out = await runModule(`
    import { Sandbox } from '@renumerate/node/testing';
    const sandbox = await Sandbox.start();
    await sandbox.client().createRetentionSession({ customerId: 'cus_1' });
    console.log(sandbox.url);`);
  await waitFor(async () =>
    fetch(out.trim()).then(
      () => false,
      () => true,
    ),
  );
});

test('@renumerate/sandbox provides the command', async () => {
  const minimalEnvironment = { PATH: '/usr/bin:/bin' };
  const manifest = JSON.parse(
    readFileSync(new URL('./node_modules/@renumerate/sandbox/package.json', import.meta.url)),
  );
  const launcher = fileURLToPath(
    new URL(`./node_modules/@renumerate/sandbox/${manifest.bin.renumerate}`, import.meta.url),
  );
  ok(existsSync(launcher));
  match(await run([process.execPath, launcher, 'demo'], { env: minimalEnvironment }), /ret_/);
  const out = await run(
    [
      process.execPath,
      '--input-type=module',
      '--eval',
      `
      import { Sandbox } from '@renumerate/node/testing';
      const sandbox = await Sandbox.start();
      console.log(sandbox.privateKey);
      await sandbox.stop();`,
    ],
    { env: minimalEnvironment },
  );
  strictEqual(out, 'sk_sandbox_local\n');
});
