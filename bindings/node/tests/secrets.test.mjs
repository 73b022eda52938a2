// Searches for canary secrets in every printed form of clients, sessions and errors.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { format, formatWithOptions, inspect, types } from 'node:util';
import { serialize } from 'node:v8';
import { Renumerate, RetentionSession, SubscriptionSession } from '@renumerate/node';
import { Sandbox } from '@renumerate/node/testing';
import { KEY, rejection, startSandbox, thrown } from './fixtures.mjs';
import { run, runModule } from './programs.mjs';

const running = startSandbox();
const folder = mkdtempSync(join(tmpdir(), 'renumerate-secrets-'));
symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{ "private": true }');
after(() => rmSync(folder, { recursive: true }));

/** Returns all forms in which a program, a log or a crash report may print the value. */
function printed(value) {
  const texts = [
    inspect(value, { showHidden: true, depth: null, getters: true }),
    format('%s %o %O %j', value, value, value, value),
    formatWithOptions({ colors: true }, value),
    String(value),
    JSON.stringify(value),
    ...(types.isProxy(value)
      ? []
      : [inspect(structuredClone(value), { depth: null }), serialize(value).toString('latin1')]),
    JSON.stringify({ ...value }),
    inspect(Object.getOwnPropertyDescriptors(value), { depth: null }),
  ];
  if (value instanceof Error) texts.push(value.stack, inspect(value.cause));
  return texts.join('\n');
}

// Rules: X1
test('printed client shows the base URL without the key', () => {
  const client = new Renumerate({ privateKey: 'sk_live_planted', proxy: 'http://user:planted@proxy.example' });
  strictEqual(inspect(client), "Renumerate { baseUrl: 'https://api.renumerate.com/' }");
  strictEqual(JSON.stringify(client), '{}');
  ok(!printed(client).includes('planted'));
});

test('printed client without a key shows no option values', () => {
  const previousKey = process.env.RENUMERATE_PRIVATE_KEY;
  delete process.env.RENUMERATE_PRIVATE_KEY;
  try {
    const client = new Renumerate({ proxy: 'http://user:planted@proxy.example' });
    ok(!printed(client).includes('planted'));
    strictEqual(inspect(client), 'Renumerate { without a key so far }');
  } finally {
    if (previousKey !== undefined) process.env.RENUMERATE_PRIVATE_KEY = previousKey;
  }
});

// Rules: X1
test('configuration errors hide option values', () => {
  const invalid = [
    { privateKey: 'sk_live_planted in words' },
    { privateKey: 'sk_live_planted', timeout: 0 },
    { privateKey: 'sk_live_planted', baseUrl: 'http://shop.example' },
    { private_key: 'sk_live_planted' },
    { privateKey: ['sk_live_planted'] },
    { publicKey: ['sk_live_planted'] },
    { privateKey: { key: 'sk_live_planted' } },
    { privateKey: 'sk_live_planted\ud800' },
    { privateKey: 'sk_x', caBundle: 'sk_live_planted' },
    { privateKey: 'sk_x', proxy: 'http://user:planted@' },
    { privateKey: 'sk_x', proxy: 'socks5://user:planted@proxy.example' },
    'sk_live_planted',
  ];
  for (const options of invalid) {
    const error = thrown(() => new Renumerate(options));
    strictEqual(error.name, 'RenumerateConfigurationError');
    ok(!printed(error).includes('planted'), printed(error));
  }
  ok(printed(thrown(() => new Renumerate({ planted: 1 }))).includes('planted'), 'the search does not work');
});

// Rules: X1
test('polluted object prototype sets no option', async () => {
  const { url } = running.sandbox;
  const code = `
    import { Renumerate } from '@renumerate/node';
    const { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: privateKey, OTHER: other } = process.env;
    delete process.env.RENUMERATE_BASE_URL;
    const polluted = { baseUrl: other, proxy: other, customerId: 'cus_other', RENUMERATE_BASE_URL: other };
    Object.assign(Object.prototype, polluted);
    class Options { baseUrl = url; }
    const clients = [new Renumerate({ privateKey, baseUrl: url }), new Renumerate(Object.create(new Options()))];
    for (const client of clients) await client.createRetentionSession({ customerEmail: 'a@b' }, {});
    console.log(new Renumerate({ privateKey: 'sk_x' }), 'done');`;
  const other = await Sandbox.start();
  const env = { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: KEY, OTHER: other.url };
  await running.sandbox.reset();
  const out = await runModule(code, { env });
  strictEqual(out, "Renumerate { baseUrl: 'https://api.renumerate.com/' } done\n");
  deepStrictEqual(await other.requests(), []);
  const bodies = (await running.sandbox.requests()).map(({ body }) => JSON.parse(body).retention);
  deepStrictEqual(bodies, [{ customer_email: 'a@b' }, { customer_email: 'a@b' }]);
  await other.stop();
});

// Rules: X1
test('call errors redact a key in the response', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_echo', { status: 401, body: { error: `${KEY} is invalid` } });
  await sandbox.script('cus_html', { status: 502, text: `<p>${KEY}</p>` });
  await sandbox.script('cus_moved', { status: 302, headers: { location: `/${KEY}` } });
  for (const customerId of ['cus_echo', 'cus_html', 'cus_moved']) {
    const error = await rejection(sandbox.client({ maxRetries: 0 }).createRetentionSession({ customerId }));
    ok(error.status > 300);
    ok(!printed(error).includes('planted'), printed(error));
  }
});

// Rules: X2
test('printed session hides its id and JSON contains it', async () => {
  const created = await running.sandbox.client().createRetentionSession({ customerId: 'cus_1' });
  const constructed = new SubscriptionSession(
    'sub_secret',
    'https://subs.renumerate.com?session_id=sub_secret',
    'req_1',
  );
  strictEqual(
    inspect(constructed),
    "SubscriptionSession { id: 'sub_…', url: 'https://subs.renumerate.com?session_id=…', requestId: 'req_1' }",
  );
  strictEqual(inspect(new RetentionSession('noprefix')), "RetentionSession { id: '…' }");
  for (const session of [created, constructed]) {
    const texts = [
      inspect(session),
      inspect({ session }),
      String(session),
      format('%s %o %O', session, session, session),
    ];
    ok(
      texts.every((text) => !text.includes(session.id.slice(4))),
      texts.join('\n'),
    );
    strictEqual(JSON.parse(JSON.stringify({ session })).session.id, session.id);
  }
});

test('proxies and derived objects can be printed without secrets', () => {
  const client = new Renumerate({ privateKey: 'sk_live_planted' });
  const imitations = [new Proxy(client, {}), Object.create(client), Object.create(RetentionSession.prototype)];
  ok(!imitations.map(printed).join().includes('planted'));
  strictEqual(inspect(Object.create(RetentionSession.prototype)), "RetentionSession { id: '…' }");
});

// Rules: T5, X1, X2
test('console.log hides key, id and token in Node, Bun and Deno', async () => {
  const code = `
    import { HandshakeToken, Renumerate, RetentionSession } from '@renumerate/node';
    const session = new RetentionSession('ret_secret', 'https://retention.renumerate.com?session_id=ret_secret');
    const token = new HandshakeToken('eyJ.secret', new Date(0));
    const client = new Renumerate({ privateKey: 'sk_secret', proxy: 'http://user:secret@proxy.example' });
    console.log(session, { session }, [client], String(session), JSON.stringify(client));
    console.log(token, { token }, String(token));`;
  writeFileSync(join(folder, 'print.mjs'), code);
  for (const command of [[process.execPath], ['bun'], ['deno', 'run', '--allow-all']]) {
    const out = await run([...command, 'print.mjs'], { cwd: folder });
    for (const shown of ['RetentionSession', 'ret_…', 'HandshakeToken']) ok(out.includes(shown), out);
    ok(!out.includes('secret'), `${command[0]}: ${out}`);
  }
});
