// The test kit: starts, scripts, inspects and stops a sandbox.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Sandbox } from '@renumerate/node/testing';
import { freshFolder } from './applications.mjs';
import { payloadOf, rejection, startSandbox, thrown } from './fixtures.mjs';
import { waitFor } from './polling.mjs';
import { run, runModule, start as startProgram } from './programs.mjs';

const running = startSandbox();
const FOLDER = freshFolder();
const PLATFORM = `${process.platform}-${process.arch}`;

test('scripts run in order per customer', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_a.b', { status: 500, body: { error: 'script error' } }, { mint: true });
  await sandbox.script('cus_a-b', { fault: 'reset_before_status' });
  const client = sandbox.client({ maxRetries: 0 });
  const call = (customerId) => client.createRetentionSession({ customerId });
  for (let n = 0; n < 2; n++) {
    match((await rejection(call('cus_a.b'))).message, /script error/);
    ok((await call('cus_a.b')).id);
    strictEqual((await rejection(call('cus_a-b'))).name, 'RenumerateNetworkError');
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
  ok(second.at >= first.at && Number.isInteger(second.connection));
  deepStrictEqual(await sandbox.session(session.id), { kind: 'retention', ...parameters, customerEmail: null });
  match(
    (await rejection(sandbox.session('ret_another'))).message,
    /This sandbox has not created a session with this id/,
  );
  deepStrictEqual(await sandbox.requests('another'), []);
  await sandbox.reset();
  deepStrictEqual(await sandbox.requests(), []);
});

const tokenFor = (customerId, options) => running.sandbox.client(options).createHandshakeToken({ customerId }).token;

test('token is exchanged for a session whose id is masked', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  const token = tokenFor('cus_1');
  const session = await sandbox.exchange(token);
  const minted = { kind: 'handshake', customerId: 'cus_1', customerEmail: null, subscriptionId: null };
  deepStrictEqual(await sandbox.session(session.id), minted);
  const lifetime = session.expiresAt - Date.now();
  ok(lifetime > 59 * 60_000 && lifetime < 61 * 60_000, `${lifetime}`);
  const masked = `ExchangedSession { id: 'r10_…', expiresAt: ${session.expiresAt.toJSON()} }`;
  deepStrictEqual([`${session}`, inspect(session)], [masked, masked]);
  const [request] = await sandbox.requests();
  deepStrictEqual([request.path, request.status], ['/v1/session/exchange', 200]);
  ok(!request.body.includes(token));
});

test('exchange requires the text of a token', async () => {
  const token = running.sandbox.client().createHandshakeToken({ customerId: 'cus_1' });
  match(
    (await rejection(running.sandbox.exchange(token))).message,
    /^token must be a string, such as the property token/,
  );
});

test('failed exchange states message, status and note, and not the token', async () => {
  const { sandbox } = running;
  const message = async (token) => (await rejection(sandbox.exchange(token))).message;
  for (const [customerId, problem] of [
    ['cus_not_found', 'Customer not found (status 404)'],
    ['cus_html', 'the response contains no session (status 502)'],
    ['cus_redirect', 'the response contains no session (status 302)'],
    ['cus_bad_json', 'the response contains no session (status 200)'],
    ['cus_reset', 'read ECONNRESET'],
    ['cus_truncated', 'aborted'],
  ]) {
    strictEqual(await message(tokenFor(customerId)), `could not exchange the token: ${problem}`);
  }
  const forged = tokenFor('cus_1', { privateKey: 'sk_sandbox_another' });
  const text = await message(forged);
  match(text, /^could not exchange the token: Invalid signature \(status 401\); another key has signed the token.*$/);
  ok(!forged.split('.').some((part) => text.includes(part)), text);
});

test('customer has subscriptions', async () => {
  const { id, name, subscriptions } = await running.sandbox.customer('cus_1');
  const [{ nextBill, plan, ...subscription }] = subscriptions;
  ok(id === 'cus_1' && name && subscription.id.startsWith('sub_'));
  deepStrictEqual(
    { ...subscription, id: '' },
    { id: '', status: 'active', resumesOn: null, endsOn: null, discount: null },
  );
  ok(nextBill >= new Date().toJSON().slice(0, 10) && plan.amount > 0 && ['month', 'year'].includes(plan.interval));

  const seed = join(FOLDER, 'seed.json');
  const listed = { id: 'cus_2', email: 'a/b@c.d', subscriptions: [{ id: 'sub_2', status: 'cancelled' }] };
  writeFileSync(seed, JSON.stringify({ customers: [listed] }));
  const seeded = await Sandbox.start({ seed });
  const [cancelled] = (await seeded.customer('a/b@c.d')).subscriptions;
  deepStrictEqual([cancelled.id, cancelled.status, cancelled.nextBill], ['sub_2', 'cancelled', null]);
  match((await rejection(seeded.customer('cus_1'))).message, /The seed has no such customer/);
  await seeded.stop();
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

/** Writes a program to a file and returns its path. */
function writeProgram(name, text, mode = 0o755) {
  const path = join(FOLDER, name);
  writeFileSync(path, text, { mode });
  return path;
}

test('client of a sandbox has its public key', () => {
  const { sandbox } = running;
  const brand = (client) => payloadOf(client.createHandshakeToken({ customerId: 'cus_1' }).token).brandPub;
  const brands = [brand(sandbox.client()), brand(sandbox.client({ publicKey: 'pk_another' }))];
  deepStrictEqual([sandbox.publicKey, ...brands], ['pk_sandbox_local', 'pk_sandbox_local', 'pk_another']);
});

const INSTALL = 'run "npm install --save-dev @renumerate/sandbox", or set the option command to its path';
const CHECK = 'did not print the URL of a sandbox; check that it is the renumerate command';
const REJECTED = writeProgram('rejected', '#!/bin/sh\n', 0o644);
const NUMBER = writeProgram('number', '#!/bin/sh\necho 5\n');
const FAILING = writeProgram('failing', '#!/bin/sh\necho no threads left >&2\n');

/** Commands that start no sandbox, and the problem in the message. */
const COMMANDS = [
  ['/nowhere/renumerate', `the command /nowhere/renumerate does not exist; ${INSTALL}`],
  [
    REJECTED,
    `the command ${REJECTED} cannot be executed: EACCES; ` +
      `run "chmod +x ${REJECTED}", or move it to a folder that is not mounted noexec`,
  ],
  ['/bin/true', `the command /bin/true ${CHECK}`],
  ['/bin/echo', `the command /bin/echo ${CHECK}`],
  [NUMBER, `the command ${NUMBER} ${CHECK}`],
  [FAILING, 'no threads left'],
];

// Rules: M4
test('startup failure reports the cause and the remedy', async () => {
  for (const [command, problem] of COMMANDS) {
    strictEqual((await rejection(Sandbox.start({ command }))).message, `could not start the sandbox: ${problem}`);
  }
  const invalid = join(REJECTED, 'renumerate'); // the folder is a file: Node throws this error instead of emitting it
  match((await rejection(Sandbox.start({ command: invalid }))).message, /cannot be executed: ENOTDIR; /);
  match(
    (await rejection(Sandbox.start({ cases: '/nowhere' }))).message,
    /^could not start the sandbox: .*No such file/,
  );
});

// Rules: M4
test('missing package of the command is reported', async () => {
  const scope = join(FOLDER, 'node_modules/@renumerate');
  cpSync(fileURLToPath(new URL('./node_modules/@renumerate', import.meta.url)), scope, { recursive: true });
  const message = `
    import { Sandbox } from '@renumerate/node/testing';
    await Sandbox.start().catch(({ message }) => console.log(message));`;
  const start = () =>
    run([process.execPath, '--input-type=module', '--eval', message], { cwd: FOLDER, env: { PATH: '/nowhere' } });
  const launch = async () => {
    const { code, err } = await startProgram([process.execPath, join(scope, 'sandbox/renumerate.js')]).exited;
    strictEqual(code, 1);
    return err;
  };

  chmodSync(join(scope, 'sandbox/native/renumerate'), 0o644);
  match(await start(), /native\/renumerate cannot be executed: EACCES; run "chmod \+x /);
  match(
    await launch(),
    /^renumerate: the command .*native\/renumerate cannot be executed: EACCES; run "chmod \+x .*\n$/,
  );

  rmSync(join(scope, 'sandbox/native'), { recursive: true });
  const build = `the command renumerate for ${PLATFORM} does not exist; run "npm run build" in bindings/node/sandbox of a clone\n`;
  strictEqual(await start(), `could not start the sandbox: ${build}`);
  strictEqual(await launch(), `renumerate: ${build}`);

  // The published package has one optional dependency per platform, which contains the command.
  const dependency = `@renumerate/sandbox-${PLATFORM}`;
  writeFileSync(join(scope, 'sandbox/package.json'), JSON.stringify({ optionalDependencies: { [dependency]: '*' } }));
  const install = `the package ${dependency} is not installed; run "npm install" on this machine, without --omit=optional\n`;
  strictEqual(await start(), `could not start the sandbox: ${install}`);
  strictEqual(await launch(), `renumerate: ${install}`);

  rmSync(join(scope, 'sandbox'), { recursive: true });
  strictEqual(await start(), `could not start the sandbox: the command renumerate does not exist; ${INSTALL}\n`);
});

test('unknown option is rejected', async () => {
  match((await rejection(Sandbox.start({ privatekey: 'sk_x' }))).message, /^there is no option privatekey/);
});

test('stopped sandbox rejects requests', async () => {
  const sandbox = await Sandbox.start();
  const { url } = sandbox;
  await Promise.all([sandbox.stop(), sandbox.stop()]);
  await sandbox.stop();
  match((await rejection(sandbox.requests())).message, /the sandbox is stopped/);
  match((await rejection(sandbox.exchange('eyJ.abc'))).message, /the sandbox is stopped/);
  const client = sandbox.client({ maxRetries: 0 });
  strictEqual((await rejection(client.createRetentionSession({ customerId: 'cus_1' }))).name, 'RenumerateNetworkError');
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
