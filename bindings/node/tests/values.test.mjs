// Argument conversion and sessions.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import * as sdk from '@renumerate/node';
import { ID, rejection, startSandbox, thrown } from './fixtures.mjs';

const { Renumerate, RetentionSession, SubscriptionSession } = sdk;
const running = startSandbox();
const customer = { customerId: 'cus_1' };

test('session has id, url and request id', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_id', { body: { id: ID }, headers: { 'x-request-id': 'req_1' } });
  const session = await sandbox.client().createRetentionSession({ customerId: 'cus_id' });
  ok(session instanceof RetentionSession && session instanceof sdk.Session);
  const url = `https://localhost:4321/retention?session_id=${ID}`;
  deepStrictEqual(JSON.parse(JSON.stringify(session)), { id: ID, url, requestId: 'req_1' });
  deepStrictEqual({ ...session }, { id: ID, url, requestId: 'req_1' });
  const [{ elapsed, ...attempt }] = session.attempts;
  deepStrictEqual(attempt, { outcome: 'status', status: 200, waited: 0 });
  ok(elapsed > 0 && elapsed < 60_000, 'elapsed is not in milliseconds');
});

test('subscription session has its own class and no request id by default', async () => {
  const session = await running.sandbox.client().createSubscriptionSession({ customerEmail: 'john.doe@example.com' });
  ok(session instanceof SubscriptionSession && !(session instanceof RetentionSession));
  deepStrictEqual(Object.keys(session.toJSON()), ['id', 'url']);
  strictEqual((await running.sandbox.session(session.id)).customerEmail, 'john.doe@example.com');
});

test('JSON form of a session is a plain object', async () => {
  const session = await running.sandbox.client().createRetentionSession(customer);
  strictEqual(Object.getPrototypeOf(session.toJSON()), Object.prototype);
});

test('session can be constructed with an id only', () => {
  const session = new RetentionSession('ret_1');
  deepStrictEqual([session.id, session.url, session.requestId, session.attempts], ['ret_1', '', undefined, []]);
});

for (const invalid of [42, true, [], {}, Symbol('x'), () => 'cus_1', 1n, 'cus_\ud800']) {
  test(`non-text parameter of type ${typeof invalid} is rejected with its field`, async () => {
    const error = await rejection(running.sandbox.client().createRetentionSession({ customerId: invalid }));
    deepStrictEqual([error.name, error.field], ['RenumerateValidationError', 'customerId']);
    match(error.message, /^customerId must be a string, not an? /);
  });
}

test('snake case names are rejected with the camel case name', async () => {
  const client = running.sandbox.client();
  const pairs = { customer_id: 'customerId', customer_email: 'customerEmail', subscription_id: 'subscriptionId' };
  for (const [snakeCase, camelCase] of Object.entries(pairs)) {
    const error = await rejection(client.createRetentionSession({ [snakeCase]: 'x' }));
    deepStrictEqual([error.name, error.field, error.attempts], ['RenumerateValidationError', snakeCase, []]);
    ok(error.message.endsWith(`did you mean ${camelCase}?`), error.message);
  }
  const error = thrown(() => new Renumerate({ base_url: 'https://a.b' }));
  ok(error.message.endsWith('did you mean baseUrl?'), error.message);
});

test('subscription session rejects subscriptionId', async () => {
  const client = running.sandbox.client();
  const error = await rejection(client.createSubscriptionSession({ ...customer, subscriptionId: 'sub_1' }));
  deepStrictEqual([error.name, error.field], ['RenumerateValidationError', 'subscriptionId']);
  ok((await client.createSubscriptionSession({ ...customer, subscriptionId: undefined })).id);
});

test('non-object arguments are rejected', async () => {
  const client = running.sandbox.client();
  for (const invalid of ['cus_1', 1, [], () => {}]) {
    strictEqual((await rejection(client.createRetentionSession(invalid))).name, 'RenumerateValidationError');
    strictEqual(
      (await rejection(client.createRetentionSession(customer, invalid))).name,
      'RenumerateConfigurationError',
    );
    strictEqual(thrown(() => new Renumerate(invalid)).name, 'RenumerateConfigurationError');
  }
  strictEqual((await rejection(client.createRetentionSession())).field, 'customerId');
  strictEqual(thrown(() => new Renumerate(null)).name, 'RenumerateConfigurationError');
});

// Rules: S20
test('invalid timeout, retry count or number of connections is rejected with its field', async () => {
  for (const invalid of [true, '1000', [], 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1n]) {
    const errors = [
      thrown(() => new Renumerate({ timeout: invalid })),
      await rejection(running.sandbox.client().createRetentionSession(customer, { timeout: invalid })),
    ];
    for (const error of errors) deepStrictEqual([error.name, error.field], ['RenumerateConfigurationError', 'timeout']);
  }
  for (const invalid of [true, '1', 1.5, -1, 11])
    strictEqual(thrown(() => new Renumerate({ maxRetries: invalid })).field, 'maxRetries');
  for (const invalid of [true, '1', 1.5, 0, 10_001])
    strictEqual(thrown(() => new Renumerate({ maxConnections: invalid })).field, 'maxConnections');
});

test('timeouts are in milliseconds', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_stall', { fault: 'stall_before_headers' });
  const stall = { customerId: 'cus_stall' };
  const calls = [
    sandbox.client().createRetentionSession(stall, { timeout: 100 }),
    sandbox.client({ timeout: 100 }).createRetentionSession(stall),
  ];
  for (const call of calls) {
    const error = await rejection(call);
    deepStrictEqual(
      [error.name, error.timeoutScope, error.retryable],
      ['RenumerateRequestTimeoutError', 'total', true],
    );
    ok(error.attempts.at(-1).elapsed < 20_000, 'the timeout is not in milliseconds');
  }
});

test('retryAfter is in milliseconds', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_wait', { status: 429, headers: { 'retry-after': 90 } });
  const error = await rejection(sandbox.client().createRetentionSession({ customerId: 'cus_wait' }));
  deepStrictEqual([error.code, error.status, error.retryAfter], ['rate_limited', 429, 90_000]);
});

test('call rejects client options and suggests names for unknown ones', async () => {
  const client = running.sandbox.client();
  const misplaced = await rejection(client.createRetentionSession(customer, { attemptTimeout: 3 }));
  match(misplaced.message, /^attemptTimeout is an option of the client, not of a call/);
  const inSnakeCase = await rejection(client.createRetentionSession(customer, { attempt_timeout: 3 }));
  match(inSnakeCase.message, /^attemptTimeout is an option of the client, not of a call/);
  const unknown = await rejection(client.createRetentionSession(customer, { signall: 1 }));
  match(unknown.message, /no option "signall"; did you mean signal\?$/);
  match(thrown(() => new Renumerate({ loger: 1 })).message, /no option "loger"; did you mean logger\?$/);
});

test('invalid signal or logger is rejected with its field', async () => {
  for (const invalid of [1, 'x', {}, new EventTarget(), { aborted: false }]) {
    const error = await rejection(running.sandbox.client().createRetentionSession(customer, { signal: invalid }));
    deepStrictEqual([error.name, error.field], ['RenumerateConfigurationError', 'signal']);
  }
  for (const invalid of [1, 'x', {}, { debug() {} }])
    strictEqual(thrown(() => new Renumerate({ logger: invalid })).field, 'logger');
});

test('signal in place of the call options is rejected', async () => {
  const { signal } = new AbortController();
  const error = await rejection(running.sandbox.client().createRetentionSession(customer, signal));
  deepStrictEqual([error.name, error.field], ['RenumerateConfigurationError', 'options']);
  match(error.message, /^options must be an object such as \{ signal, timeout \}, not an AbortSignal/);
});

test('method without its client is rejected with the remedy', async () => {
  const client = running.sandbox.client();
  for (const method of ['createRetentionSession', 'createSubscriptionSession', 'createHandshakeToken']) {
    const { [method]: detached } = client;
    for (const receiver of [undefined, {}, new Proxy(client, {})]) {
      const error = await rejection((async () => detached.call(receiver, customer))());
      strictEqual(error.name, 'TypeError');
      match(error.message, new RegExp(`^${method} must be called on a client; write renumerate\\.${method}\\(…\\)`));
    }
    ok(await detached.bind(client)(customer));
  }
});

test('null and undefined select the default of every option', () => {
  const names = [
    'publicKey',
    'baseUrl',
    'timeout',
    'attemptTimeout',
    'connectTimeout',
    'maxRetries',
    'maxConnections',
    'proxy',
    'caBundle',
    'appInfo',
  ];
  for (const none of [null, undefined]) {
    const options = Object.fromEntries([...names, 'widgetsBaseUrl', 'logger'].map((name) => [name, none]));
    const client = new Renumerate({ privateKey: 'sk_x', ...options });
    strictEqual(inspect(client), "Renumerate { baseUrl: 'https://api.renumerate.com/' }");
  }
});

test('caBundle accepts a path or a file URL', () => {
  for (const caBundle of ['/nowhere/ca.pem', pathToFileURL('/nowhere/ca.pem')]) {
    const error = thrown(() => new Renumerate({ caBundle }));
    strictEqual(error.field, 'caBundle');
    match(error.message, /^caBundle cannot be read/);
    match(error.cause.message, /No such file/);
  }
  strictEqual(thrown(() => new Renumerate({ caBundle: new URL('https://a.b/ca.pem') })).field, 'caBundle');
});

// Rules: S16
test('user agent names language and runtime', async () => {
  const { sandbox } = running;
  await sandbox.reset();
  await sandbox.client({ appInfo: 'Shop/1.2' }).createRetentionSession(customer);
  const [{ headers }] = await sandbox.requests();
  const version = createRequire(import.meta.url)('@renumerate/node/package.json').version;
  const start = `renumerate-node/${version} (core ${version}; `;
  ok(headers['user-agent'].startsWith(start), headers['user-agent']);
  ok(headers['user-agent'].endsWith(`; Node.js ${process.versions.node}) Shop/1.2`), headers['user-agent']);
});

test('ES modules, CommonJS and bundles share the same classes', async () => {
  const required = createRequire(import.meta.url)('@renumerate/node');
  const bundled = await import(new URL('./node_modules/@renumerate/node/dist/bundler/index.mjs', import.meta.url));
  for (const module of [sdk, bundled]) {
    deepStrictEqual(Object.keys(module).sort(), Object.keys(required).sort());
    for (const [name, value] of Object.entries(module)) strictEqual(value, required[name], name);
  }
});
