// Process exit: a process exits once no call is pending.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freshFolder } from './applications.mjs';
import { KEY, startSandbox } from './fixtures.mjs';
import { waitFor } from './polling.mjs';
import { finish, run, runModule, start } from './programs.mjs';

const running = startSandbox();
const HEAD = `
  import { Renumerate } from '@renumerate/node';
  const client = new Renumerate({ timeout: 300_000, attemptTimeout: 300_000 });
`;

function options(more = {}) {
  const { url } = running.sandbox;
  return { env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: KEY, ...more } };
}

test('process exits after its last call', async () => {
  const code = `${HEAD}
    await Promise.all(Array.from({ length: 20 }, () => client.createRetentionSession({ customerId: 'cus_1' })));
    console.log('completed');`;
  const program = start([process.execPath, '--input-type=module', '--eval', code], { ...options(), timeout: 20_000 });
  strictEqual(await finish(program), 'completed\n');
});

test('process with an unused client exits', async () => {
  strictEqual(await runModule(`${HEAD} console.log('created');`, options()), 'created\n');
});

test('process waits for a pending call', async () => {
  await running.sandbox.script('cus_delayed', { mint: true, delay: 700 });
  const out = await runModule(
    `${HEAD} client.createRetentionSession({ customerId: 'cus_delayed' }).then(({ id }) => console.log(id.slice(0, 4)));`,
    options(),
  );
  strictEqual(out, 'ret_\n');
});

test('process waits for sequential calls with pauses', async () => {
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

test('process does not wait for an aborted call', async () => {
  await running.sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const out = await runModule(
    `${HEAD}
    const signal = AbortSignal.timeout(100);
    process.on('exit', () => console.log('exited', Date.now() - started < 20_000));
    const started = Date.now();
    client.createRetentionSession({ customerId: 'cus_stall' }, { signal }).catch(({ name }) => console.log(name));
    setTimeout(() => {}, 300);`,
    options(),
  );
  strictEqual(out, 'TimeoutError\nexited true\n');
});

test('process.exit works with pending calls', async () => {
  await running.sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const out = await runModule(
    `${HEAD}
    const call = (customerId) => client.createRetentionSession({ customerId }).catch(() => {});
    for (let n = 0; n < 50; n++) call(n % 2 ? 'cus_stall' : 'cus_1');
    setTimeout(() => { console.log('exiting'); process.exit(); }, 20);`,
    options(),
  );
  strictEqual(out, 'exiting\n');
});

test('uncaught call error exits with code 1 and shows no key', async () => {
  const program = start(
    [
      process.execPath,
      '--input-type=module',
      '-e',
      `${HEAD} client.createRetentionSession({ customerId: 'cus_not_found' });`,
    ],
    options(),
  );
  const { code, err } = await program.exited;
  strictEqual(code, 1);
  match(
    err,
    /NotFoundError \[RenumerateNotFoundError\]: 127\.0\.0\.1:\d+ \(.*\) answered 404: Customer not found \(1 attempt\)/,
  );
  ok(!err.includes('planted'), err);
  ok(err.length < 3_000, 'Node prints the line of code that failed: is it a whole bundle?');
});

test('call retries while the event loop is blocked', async () => {
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
  await waitFor(async () => (await sandbox.requests()).length === 2); // the loop is still blocked
  writeFileSync(released, '');
  strictEqual(await program, '2\n');
});

test('call that cannot start does not settle the next call', async () => {
  const { url } = running.sandbox;
  const code = `${HEAD}
    import { closeSync, openSync } from 'node:fs';
    const call = () => client.createRetentionSession({ customerId: 'cus_1' });
    const files = [];
    try { for (;;) files.push(openSync('/dev/null')); } catch ({ code }) { console.log(code); }
    const failing = call();
    for (const file of files) closeSync(file);
    const [failed, created] = await Promise.allSettled([failing, call()]);
    console.log(failed.reason.code, failed.reason.retryable, created.reason?.message ?? created.status);`;
  const command = [
    'bash',
    '-c',
    'ulimit -n 60; exec "$0" "$@"',
    process.execPath,
    '--input-type=module',
    '--eval',
    code,
  ];
  strictEqual(
    await run(command, { env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: KEY } }),
    'EMFILE\nnetwork true fulfilled\n',
  );
});

test('SIGINT exits during a call and closes its connection', async () => {
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
  const { signal, err } = await program.exited;
  deepStrictEqual([signal, err], ['SIGINT', '']);
  await waitFor(async () => (await sandbox.requests())[0].closed);
});

test('cluster primary and child make calls', async () => {
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

test('unreferenced clients close their connections', async () => {
  const out = await runModule(
    `import { readdirSync } from 'node:fs';
    import { setImmediate } from 'node:timers/promises';
    import { Renumerate } from '@renumerate/node';
    let max = 0;
    for (let n = 0; n < 1500; n++) {
      await new Renumerate().createRetentionSession({ customerId: 'cus_1' });
      max = Math.max(max, readdirSync('/proc/self/fd').length);
      await setImmediate();
    }
    console.log(max);`,
    options(),
  );
  ok(Number(out) < 1200, `${out} open descriptors`);
});
