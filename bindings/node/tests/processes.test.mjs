// How a process ends: by itself when no call is under way, and not before.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { KEY, sandboxOfThisFile } from './fixtures.mjs';
import { finish, runModule, start } from './programs.mjs';
import { freshFolder } from './serving.mjs';
import { waitFor } from './waiting.mjs';

const running = sandboxOfThisFile();
const HEAD = `
  import { Renumerate } from '@renumerate/node';
  const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });
`;

function options(more = {}) {
  const { url } = running.sandbox;
  return { env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: KEY, ...more } };
}

test('it ends by itself after its last call', async () => {
  const code = `${HEAD}
    await Promise.all(Array.from({ length: 20 }, () => client.createRetentionSession({ customerId: 'cus_1' })));
    console.log('answered');`;
  const program = start([process.execPath, '--input-type=module', '--eval', code], { ...options(), within: 20_000 });
  strictEqual(await finish(program), 'answered\n');
});

test('a client alone keeps it from nothing', async () => {
  strictEqual(await runModule(`${HEAD} console.log('made');`, options()), 'made\n');
});

test('it waits for a call that is under way', async () => {
  await running.sandbox.script('cus_late', { mint: true, delay: 700 });
  const out = await runModule(
    `${HEAD} client.createRetentionSession({ customerId: 'cus_late' }).then(({ id }) => console.log(id.slice(0, 4)));`,
    options(),
  );
  strictEqual(out, 'ret_\n');
});

test('it waits for calls that come one after the other, with pauses', async () => {
  const out = await runModule(
    `${HEAD}
    import { setTimeout } from 'node:timers/promises';
    for (let n = 0; n < 3; n++) {
      await client.createRetentionSession({ customerId: 'cus_1' });
      await setTimeout(30);
    }
    console.log('done');`,
    options(),
  );
  strictEqual(out, 'done\n');
});

test('it does not wait for a call that was aborted', async () => {
  await running.sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const out = await runModule(
    `${HEAD}
    const signal = AbortSignal.timeout(100);
    process.on('exit', () => console.log('ended', Date.now() - started < 20_000));
    const started = Date.now();
    client.createRetentionSession({ customerId: 'cus_stall' }, { signal }).catch(({ name }) => console.log(name));
    setTimeout(() => {}, 300);`,
    options(),
  );
  strictEqual(out, 'TimeoutError\nended true\n');
});

test('process.exit ends it with calls under way', async () => {
  await running.sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const out = await runModule(
    `${HEAD}
    for (let n = 0; n < 50; n++) client.createRetentionSession({ customerId: n % 2 ? 'cus_stall' : 'cus_1' }).catch(() => {});
    setTimeout(() => { console.log('exits'); process.exit(); }, 20);`,
    options(),
  );
  strictEqual(out, 'exits\n');
});

test('a call that fails with nobody to catch it ends it as any other error does', async () => {
  const program = start(
    [
      process.execPath,
      '--input-type=module',
      '-e',
      `${HEAD} client.createRetentionSession({ customerId: 'cus_not_found' });`,
    ],
    options(),
  );
  const { code, err } = await program.ended;
  strictEqual(code, 1);
  match(err, /NotFoundError: the service answered 404: Customer not found/);
  ok(!err.includes('planted'), err);
});

test('a busy event loop holds no call up', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_busy', { status: 503, headers: { 'retry-after-ms': 250 } }, { mint: true });
  const released = join(freshFolder(), 'released');
  const program = runModule(
    `${HEAD}
    import { existsSync } from 'node:fs';
    const call = client.createRetentionSession({ customerId: 'cus_busy' });
    while (!existsSync(process.env.RELEASED));
    const { attempts } = await call;
    console.log(attempts.length);`,
    options({ RELEASED: released }),
  );
  await waitFor(async () => (await sandbox.requests()).length === 2); // while the loop is busy
  writeFileSync(released, '');
  strictEqual(await program, '2\n');
});

test('an interrupt in the middle of a call ends it', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const program = start(
    [
      process.execPath,
      '--input-type=module',
      '-e',
      `${HEAD} await client.createRetentionSession({ customerId: 'cus_stall' });`,
    ],
    options(),
  );
  await waitFor(async () => (await sandbox.requests()).length === 1);
  program.child.kill('SIGINT');
  const { signal, err } = await program.ended;
  deepStrictEqual([signal, err], ['SIGINT', '']);
  await waitFor(async () => (await sandbox.requests())[0].closed);
});

test('children of child_process.fork and cluster make clients of their own', async () => {
  const out = await runModule(
    `import cluster from 'node:cluster';
    ${HEAD}
    const { id } = await client.createRetentionSession({ customerId: 'cus_1' });
    console.log(id.slice(0, 4));
    if (cluster.isPrimary) {
      cluster.setupPrimary({ exec: process.env.PROGRAM, execArgv: [] });
      const child = cluster.fork();
      child.on('exit', (code) => console.log('child', code));
    }`,
    options({ PROGRAM: fileURLToPath(new URL('./programs/cluster-child.mjs', import.meta.url)) }),
  );
  deepStrictEqual(out.split('\n').filter(Boolean).sort(), ['child 0', 'ret_', 'sub_']);
});

test('clients that are dropped give their connections back', async () => {
  const out = await runModule(
    `import { readdirSync } from 'node:fs';
    import { setImmediate } from 'node:timers/promises';
    import { Renumerate } from '@renumerate/node';
    let most = 0;
    for (let n = 0; n < 1500; n++) {
      await new Renumerate().createRetentionSession({ customerId: 'cus_1' });
      most = Math.max(most, readdirSync('/proc/self/fd').length);
      await setImmediate();
    }
    console.log(most);`,
    options(),
  );
  ok(Number(out) < 1200, `${out} descriptors at once`);
});
