// Log records, and the loggers that receive them.

import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { Renumerate } from '@renumerate/node';
import { ID, KEY, startSandbox } from './fixtures.mjs';

const running = startSandbox();
const customer = { customerId: 'cus_1' };

/** Returns the records of a call that may fail. The call has these parameters and options. */
async function recordsOf(client, parameters, options) {
  const records = [];
  const call = client((record) => records.push(record)).createRetentionSession(parameters, options);
  await call.catch(() => {});
  return records;
}

const inSandbox = (logger) => running.sandbox.client({ logger, maxRetries: 1 });

// Rules: S18
test('attempts and calls are logged without secrets', async () => {
  const { sandbox } = running;
  await sandbox.script('cus_logged', { status: 503 }, { body: { id: ID } });
  const start = Date.now();
  const records = await recordsOf(inSandbox, { customerId: 'cus_logged', customerEmail: 'planted@example.com' });
  const text = JSON.stringify(records);
  const attempts = records.filter(({ event }) => event === 'attempt ended');
  deepStrictEqual(
    attempts.map(({ level, fields: { attempt, outcome, status } }) => [level, attempt, outcome, status]),
    [
      ['debug', 1, 'status', 503],
      ['debug', 2, 'status', 200],
    ],
  );
  ok(records.some(({ level, event }) => level === 'trace' && event === 'connection attempt ended'));
  const { event, level, fields } = records.at(-1);
  deepStrictEqual([event, level, fields.attempt, fields.outcome], ['call succeeded', 'debug', 2, 'success']);
  ok(fields.elapsed_ms >= attempts[0].fields.elapsed_ms + attempts[1].fields.elapsed_ms, text);
  for (const record of records) {
    strictEqual(record.fields.call_id, fields.call_id);
    deepStrictEqual([record.fields.endpoint, record.fields.host], ['retention', new URL(sandbox.url).host]);
    const line = Object.entries(record.fields).map(([name, value]) => ` ${name}=${value}`);
    strictEqual(record.message, `renumerate: ${record.event}${line.join('')}`);
    ok(record.time >= start - 1 && record.time <= Date.now() + 1, record.time.toISOString());
  }
  for (const secret of [KEY, 'planted', ID.slice(4), 'cus_logged'])
    ok(!text.includes(secret), `${secret} is in ${text}`);
});

// Rules: S18
test('failed call is logged once, and its level depends on the error', async () => {
  const host = new URL(running.sandbox.url).host;
  const keyless = (logger) => new Renumerate({ logger });
  const cases = [
    [{ customerId: 'cus_not_found' }, {}, 'info', 'not_found', 1],
    [{ customerId: '' }, {}, 'info', 'validation', 0],
    [{ customerId: 42 }, {}, 'info', 'validation', 0],
    [{ customer_id: 'cus_1' }, {}, 'info', 'validation', 0],
    [customer, { timeout: 0 }, 'warn', 'configuration', 0, 'timeout'],
    [customer, { timeout: '1' }, 'warn', 'configuration', 0, 'timeout'],
    [customer, { maxRetries: '1' }, 'warn', 'configuration', 0, 'max_retries'],
    [customer, { planted: 1 }, 'warn', 'configuration', 0],
    [{ customerId: 'cus_server_error' }, {}, 'warn', 'server', 2],
    [{ customerId: 'cus_slow' }, { timeout: 200, maxRetries: 0 }, 'warn', 'timeout', 1],
    [customer, {}, 'warn', 'configuration', 0, 'private_key', keyless],
  ];
  for (const [parameters, options, level, outcome, attempt, setting, client] of cases) {
    const ends = (await recordsOf(client ?? inSandbox, parameters, options)).filter(
      (record) => record.event === 'call failed',
    );
    deepStrictEqual(
      ends.map(({ level, fields }) => [level, fields.outcome, fields.attempt, fields.setting, fields.host]),
      [[level, outcome, attempt, setting, client ? undefined : host]],
    );
  }
});

// Rules: S18
test('token that cannot be created is logged once', () => {
  const withoutPublicKey = (logger) => new Renumerate({ logger, privateKey: KEY });
  const keyless = (logger) => new Renumerate({ logger });
  const cases = [
    [{ customerId: '' }, 'info', { outcome: 'validation' }],
    [{ customerId: 42 }, 'info', { outcome: 'validation' }],
    [{ customer_id: 'cus_1' }, 'info', { outcome: 'validation' }],
    [{ timeout: 1 }, 'info', { outcome: 'validation' }],
    [{ privateKey: 1 }, 'info', { outcome: 'validation' }],
    [customer, 'warn', { outcome: 'configuration', setting: 'public_key' }, withoutPublicKey],
    [customer, 'warn', { outcome: 'configuration', setting: 'private_key' }, keyless],
  ];
  for (const [parameters, level, fields, client = inSandbox] of cases) {
    const records = [];
    throws(() => client((record) => records.push(record)).createHandshakeToken(parameters));
    deepStrictEqual(
      records.map((record) => [record.level, record.event, record.fields]),
      [[level, 'token failed', fields]],
    );
  }
  const records = [];
  inSandbox((record) => records.push(record)).createHandshakeToken(customer);
  deepStrictEqual(records, []);
});

// Rules: S18
test('concurrent calls have their own ids', async () => {
  const records = [];
  const client = running.sandbox.client({ logger: (record) => records.push(record) });
  await Promise.all(Array.from({ length: 20 }, (_, n) => client.createRetentionSession({ customerId: `cus_${n}` })));
  const ids = (event) =>
    new Set(records.filter((record) => record.event === event).map(({ fields }) => fields.call_id));
  strictEqual(ids('call succeeded').size, 20);
  deepStrictEqual(ids('attempt ended'), ids('call succeeded'));
});

// Rules: S18
test('logger can be an object like console', async () => {
  const lines = [];
  const methods = ['debug', 'info', 'warn', 'error'].map((level) => [level, (text) => lines.push(`${level} ${text}`)]);
  const client = running.sandbox.client({ logger: Object.fromEntries(methods) });
  await client.createRetentionSession({ customerId: 'cus_unstable' });
  for (const event of ['connection attempt ended', 'attempt ended', 'retrying request', 'call succeeded']) {
    ok(
      lines.some((line) => line.startsWith(`debug renumerate: ${event} call_id=`)),
      lines.join('\n'),
    );
  }
});

test('logger runs in the asynchronous context of the call', async () => {
  const requests = new AsyncLocalStorage();
  const contexts = new Set();
  const client = running.sandbox.client({ logger: () => contexts.add(requests.getStore()) });
  const call = (name) => requests.run(name, () => client.createRetentionSession(customer));
  await Promise.all([call('a'), call('b')]);
  deepStrictEqual([...contexts].sort(), ['a', 'b']);
});

test('logger error emits a warning and does not fail the call', async () => {
  const warnings = [];
  const listener = ({ name, message }) => warnings.push(`${name} ${message}`);
  process.on('warning', listener);
  for (const error of [new Error('logger error'), 'text', undefined, null, Object.create(null)]) {
    const logger = () => {
      throw error;
    };
    ok((await running.sandbox.client({ logger }).createRetentionSession(customer)).id);
  }
  await new Promise(setImmediate);
  process.off('warning', listener);
  ok(warnings.length >= 5 && warnings.every((text) => text.startsWith('RenumerateLoggerWarning the logger fails')));
  ok(warnings.includes('RenumerateLoggerWarning the logger fails: logger error'), warnings.join());
});
