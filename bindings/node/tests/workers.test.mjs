// Worker threads, and several copies of the package in one process.

import { strictEqual } from 'node:assert';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY, startSandbox } from './fixtures.mjs';
import { runModule } from './programs.mjs';

const running = startSandbox();
const options = () => ({ env: { RENUMERATE_BASE_URL: running.sandbox.url, RENUMERATE_PRIVATE_KEY: KEY } });
const WORKER = JSON.stringify(new URL('./programs/worker.cjs', import.meta.url));
const HEAD = `
  import { once } from 'node:events';
  import { Worker } from 'node:worker_threads';
  const start = (workerData, env) => new Worker(new URL(${WORKER}), { workerData, env, execArgv: [] });
`;

test('successive workers make calls and exit', async () => {
  const out = await runModule(
    `${HEAD}
    let calls = 0;
    for (let n = 0; n < 12; n++) {
      const worker = start({ calls: 5 });
      worker.on('message', (count) => { calls += count; });
      await once(worker, 'exit');
    }
    console.log(calls);`,
    options(),
  );
  strictEqual(out, '60\n');
});

test('workers and main thread make calls concurrently', async () => {
  const out = await runModule(
    `${HEAD}
    import { Renumerate } from '@renumerate/node';
    const client = new Renumerate();
    const workers = Array.from({ length: 4 }, () => start({ calls: 50 }));
    const inWorkers = workers.map((worker) => once(worker, 'message'));
    const inMain = Array.from({ length: 50 }, () => client.createRetentionSession({ customerId: 'cus_1' }));
    console.log((await Promise.all(inWorkers)).join(), (await Promise.all(inMain)).length);`,
    options(),
  );
  strictEqual(out, '50,50,50,50 50\n');
});

test('terminated worker closes the connections of pending calls', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const out = await runModule(
    `${HEAD}
    for (let n = 0; n < 3; n++) {
      const worker = start({ customerId: 'cus_stall', stalls: true });
      await once(worker, 'message');
      process.stdout.write('stalls ');
      const response = () => fetch(process.env.RENUMERATE_BASE_URL + '/_sandbox/requests');
      const requests = async () => (await (await response()).json()).requests;
      while ((await requests()).length <= n);
      await worker.terminate();
      while ((await requests()).some(({ closed }) => !closed));
    }
    console.log('closed');`,
    options(),
  );
  strictEqual(out, 'stalls stalls stalls closed\n');
});

test('worker reads its own environment', async () => {
  const out = await runModule(
    `${HEAD}
    const { RENUMERATE_BASE_URL, RENUMERATE_PRIVATE_KEY } = process.env;
    delete process.env.RENUMERATE_PRIVATE_KEY;
    const proxied = { RENUMERATE_BASE_URL: 'https://made-up.example', RENUMERATE_PRIVATE_KEY, https_proxy: 'ftp://p' };
    for (const env of [{ RENUMERATE_BASE_URL }, { RENUMERATE_BASE_URL, RENUMERATE_PRIVATE_KEY }, proxied]) {
      console.log(...await once(start({}, env), 'message'));
    }`,
    options(),
  );
  strictEqual(out, 'privateKey\n1\nproxy\n');
});

test('two copies of the package work in one process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-copies-'));
  try {
    const copies = ['a', 'b'].map((name) => join(folder, name));
    for (const copy of copies)
      cpSync(join(import.meta.dirname, 'node_modules/@renumerate/node'), copy, { recursive: true });
    const out = await runModule(
      `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const copies = ${JSON.stringify(copies)}.map((path) => require(path));
      const clients = copies.map(({ Renumerate }) => new Renumerate());
      const call = (client) => client.createRetentionSession({ customerId: 'cus_1' });
      const calls = clients.flatMap((client) => Array.from({ length: 20 }, () => call(client)));
      const sessions = await Promise.all(calls);
      const { RetentionSession } = copies[0];
      console.log(sessions.filter((session) => session instanceof RetentionSession).length, sessions.length);`,
      options(),
    );
    strictEqual(out, '20 40\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
