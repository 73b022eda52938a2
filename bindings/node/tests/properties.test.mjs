// What holds whatever is given and whatever is answered: errors are the documented ones, or the caller's own, nothing
// panics, and a planted key is in nothing that is shown.
//
// `PROPERTY_EXAMPLES=20000` looks for longer, and elsewhere each time; what it finds becomes one of the `examples` here.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as sdk from '@renumerate/node';
import fc from 'fast-check';
import { KEY, rejection, sandboxOfThisFile } from './fixtures.mjs';

const { Renumerate, RenumerateError, RetentionSession, SubscriptionSession } = sdk;
const running = sandboxOfThisFile();
const wanted = process.env.PROPERTY_EXAMPLES;

/** Checks the property on so many examples; they are the same each time unless somebody asks for more. */
async function holds(property, examples = []) {
  const seed = wanted === undefined ? { seed: 1 } : {};
  await fc.assert(property, { numRuns: Number(wanted ?? 100), examples, ...seed });
}

class CallersOwn extends Error {}

function refuse() {
  throw new CallersOwn('a mistake of the caller');
}

/** Each access to it is an error, but for those of the library that hands it out. */
const hostile = new Proxy(
  {},
  {
    get: (_, name) => (String(name.description).startsWith('fast-check') ? undefined : refuse()),
    has: (_, name) => (String(name.description).startsWith('fast-check') ? false : refuse()),
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
  },
);

const text = fc.string({ unit: 'binary', maxLength: 300 });
const halves = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 9 });
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
    withUnicodeString: true,
  }),
  fc.constantFrom(
    '',
    KEY,
    'sk_live_planted',
    ' planted',
    'https://a.b',
    'http://planted@a.b',
    'http://',
    'cus_1',
    'a@b',
  ),
  fc.constantFrom(0, -0, 1, 10, 11, 0.5, 86_400_001, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom(Symbol('planted'), refuse, class Odd {}, hostile, new URL('file:///planted'), new URL('https://a.b')),
  fc.constantFrom(AbortSignal.abort(), AbortSignal.abort(new CallersOwn()), new AbortController().signal, EventTarget),
  text,
  halves,
);

/** Objects with some of the names, in every way in which an object may have them. */
function objectOf(names) {
  const members = fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
  const others = fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, fc.dictionary(fc.oneof(text, halves), anything));
  return fc.tuple(members, others, fc.nat(5), fc.constantFrom(...names)).map(([members, others, way, name]) => {
    const given = { ...others, ...members };
    if (way === 0) return Object.assign(Object.create(null), given);
    if (way === 1) return new Proxy(given, {});
    if (way === 2) return Object.defineProperty({ ...given }, name, { get: refuse, enumerable: true });
    if (way === 3) return Object.freeze(given);
    return given;
  });
}

/** All that a program, a log or a crash report may show of it. */
function shown(value) {
  const ways = [inspect(value, { showHidden: true, depth: null }), String(value), JSON.stringify(value)];
  if (value instanceof Error) ways.push(value.stack, inspect(value.cause), inspect({ ...value }, { depth: null }));
  return ways.join('\n');
}

/** An error before anything was sent: of one of the classes with the name of what is wrong, or the caller's own. */
function checkRefusal(error, ...names) {
  if (error instanceof CallersOwn) return;
  ok(error instanceof RenumerateError && names.includes(error.name), inspect(error));
  strictEqual(typeof error.field, 'string');
  deepStrictEqual(error.attempts, []);
  ok(!shown(error).includes(KEY) && !error.message.includes('\n'), shown(error));
}

const options = ['privateKey', 'baseUrl', 'timeout', 'attemptTimeout', 'connectTimeout', 'maxRetries'];
options.push('proxy', 'caBundle', 'appInfo', 'widgetsBaseUrl', 'logger');

// Rules: V7, X1
test('a client is made, or its option named', async () => {
  await holds(
    fc.property(fc.oneof(objectOf(options), anything), (given) => {
      try {
        const client = new Renumerate(given);
        ok(!shown(client).includes('planted'));
      } catch (error) {
        checkRefusal(error, 'ConfigurationError');
      }
    }),
    [[hostile], [{ '\ud800': 1 }], [{ privateKey: hostile }], [{ logger: hostile }], [{ caBundle: hostile }]],
  );
});

// Rules: V1, V2, V7
test('a call mints, or names what is wrong', async () => {
  const parameters = fc.oneof(objectOf(['customerId', 'customerEmail', 'subscriptionId']), anything);
  // A call with next to no time would end by it.
  const limits = objectOf(['signal', 'maxRetries']);
  await holds(
    fc.asyncProperty(parameters, fc.oneof(limits, anything), fc.boolean(), async (parameters, limits, subscription) => {
      const client = running.sandbox.client({ timeout: 300_000 });
      const method = subscription ? 'createSubscriptionSession' : 'createRetentionSession';
      try {
        const session = await client[method](parameters, limits);
        ok(session instanceof (subscription ? SubscriptionSession : RetentionSession));
        ok(!String(session).includes(session.id.slice(4)));
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') return;
        checkRefusal(error, 'ValidationError', 'ConfigurationError');
      }
    }),
    [
      [hostile, undefined, false],
      [{ customerId: 'cus_1' }, { signal: hostile }, false],
      [{ '\ud800': 'x' }, undefined, true],
    ],
  );
});

const planted = fc.constantFrom(
  KEY,
  KEY.replaceAll('_', '%5F'),
  KEY.replaceAll('_', '\\u005f'),
  KEY.replaceAll('_', '&#95;'),
);
const words = fc.constantFrom(
  '{"id":"',
  '{"error":"',
  '"session":',
  'ret_',
  'sub_',
  '"}',
  '}',
  '<html>',
  'x'.repeat(130),
);
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.oneof(planted, words, text), { maxLength: 8 }).map((words) => Buffer.from(words.join(''))),
);
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'x-request-id', 'location', 'retry-after', 'retry-after-ms', 'content-encoding'),
  fc.oneof(planted, fc.string({ maxLength: 40 })),
);
const statuses = fc.oneof(
  fc.constantFrom(200, 201, 302, 400, 401, 404, 422, 429, 500),
  fc.integer({ min: 200, max: 999 }),
);
const faults = ['reset_before_status', 'close_before_status', 'reset_in_body', 'truncate_body'];
const answers = fc.record(
  {
    status: statuses.filter((status) => status !== 204 && status !== 304),
    headers,
    base64: bodies.map((body) => body.toString('base64')),
    fault: fc.constantFrom(...faults),
  },
  { requiredKeys: ['status', 'headers', 'base64'] },
);

// Rules: D3, X1
test('any answer is a session or a documented error', async () => {
  await holds(
    fc.asyncProperty(answers, fc.boolean(), async (answer, subscription) => {
      await running.sandbox.script('cus_any', answer);
      const client = running.sandbox.client({ maxRetries: 0, timeout: 300_000 });
      const method = subscription ? 'createSubscriptionSession' : 'createRetentionSession';
      try {
        const session = await client[method]({ customerId: 'cus_any' });
        ok(session.id.startsWith(subscription ? 'sub_' : 'ret_') && session.id.length > 4 && answer.status < 300);
        ok(session.id.length < 60 || !`${session} ${inspect(session)}`.includes(session.id.slice(4)));
        deepStrictEqual(JSON.parse(JSON.stringify(session)), JSON.parse(JSON.stringify(session.toJSON())));
      } catch (error) {
        ok(error instanceof RenumerateError, inspect(error));
        ok(!shown(error).includes(KEY), shown(error));
        if (error.name === 'NetworkError') return ok(answer.fault !== undefined, shown(error));
        strictEqual(error.status, answer.status);
        strictEqual(error.name === 'UnexpectedResponseError', answer.status < 400);
        ok([...(error.body ?? '')].length <= 512);
      }
    }),
  );
});

// Rules: X2
test('a session that is made by hand hides its id', async () => {
  await holds(
    fc.property(fc.oneof(text, halves), fc.option(text), fc.boolean(), (sealed, requestId, subscription) => {
      const Session = subscription ? SubscriptionSession : RetentionSession;
      const made = (sealed) => new Session(`ret_${sealed}`, `https://a.b?session_id=ret_${sealed}`, requestId);
      strictEqual(inspect(made(sealed)), inspect(made('another')), 'the id makes no difference');
      strictEqual(JSON.parse(JSON.stringify(made(sealed))).id, `ret_${sealed}`);
      strictEqual(made(sealed).toJSON().id, `ret_${sealed}`);
    }),
  );
});

test('errors that are made by hand say what they were given', async () => {
  const classes = Object.values(sdk).filter((value) => Object.getPrototypeOf(value) !== null && isError(value));
  ok(classes.length > 10);
  await holds(
    fc.property(fc.constantFrom(...classes), fc.oneof(text, halves), fc.option(text), (Class, message, body) => {
      const error = new Class(message, { body: body ?? undefined, retryable: true });
      ok(error instanceof RenumerateError && error.name === Class.name && error.retryable);
      strictEqual(error.message, message);
      strictEqual(error.toString(), message === '' ? Class.name : `${Class.name}: ${message}`);
    }),
  );
});

test('the sandbox says what it does not know', async () => {
  const members = fc.dictionary(fc.string(), fc.oneof(fc.constant(null), fc.integer(), fc.string()), { maxKeys: 2 });
  await holds(
    fc.asyncProperty(fc.oneof(text, halves), members, async (id, answer) => {
      ok((await rejection(running.sandbox.session(id))) instanceof Error);
      const done = await Promise.allSettled([running.sandbox.requests(id), running.sandbox.script(id, answer)]);
      for (const { reason } of done) ok(reason === undefined || reason instanceof Error, inspect(reason));
    }),
  );
});

function isError(value) {
  return typeof value === 'function' && (value === RenumerateError || value.prototype instanceof RenumerateError);
}
