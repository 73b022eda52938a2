// Property-based tests. Arbitrary arguments and responses raise documented errors or the caller's own error, and cause
// no panic. No output contains the canary key.
//
// `PROPERTY_EXAMPLES=20000` runs that many random examples. Add each failing one to `examples` here.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as sdk from '@renumerate/node';
import fc from 'fast-check';
import { KEY, rejection, startSandbox } from './fixtures.mjs';

const { HandshakeToken, Renumerate, RenumerateError, RetentionSession, SubscriptionSession } = sdk;
const running = startSandbox();
const exampleCount = process.env.PROPERTY_EXAMPLES;

/** Checks the property. Uses a fixed seed unless PROPERTY_EXAMPLES is set. */
async function check(property, examples = []) {
  const seed = exampleCount === undefined ? { seed: 1 } : {};
  await fc.assert(property, { numRuns: Number(exampleCount ?? 100), examples, ...seed });
}

class CallerError extends Error {}

function raise() {
  throw new CallerError('raised by the caller');
}

/** An object whose accesses all throw, except those of fast-check. */
const hostile = new Proxy(
  {},
  {
    get: (_, name) => (String(name.description).startsWith('fast-check') ? undefined : raise()),
    has: (_, name) => (String(name.description).startsWith('fast-check') ? false : raise()),
    ownKeys: raise,
    getOwnPropertyDescriptor: raise,
  },
);

const text = fc.string({ unit: 'binary', maxLength: 300 });
const loneSurrogates = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 9 });
const anyValue = fc.oneof(
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
  fc.constantFrom(
    Symbol('planted'),
    raise,
    class Unexpected {},
    hostile,
    new URL('file:///planted'),
    new URL('https://a.b'),
  ),
  fc.constantFrom(AbortSignal.abort(), AbortSignal.abort(new CallerError()), new AbortController().signal, EventTarget),
  text,
  loneSurrogates,
);

/** Objects with some of these members: plain, frozen, proxied, with a getter, without a prototype. */
function objectOf(names) {
  const members = fc.record(Object.fromEntries(names.map((name) => [name, anyValue])), { requiredKeys: [] });
  const others = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    fc.dictionary(fc.oneof(text, loneSurrogates), anyValue),
  );
  return fc.tuple(members, others, fc.nat(5), fc.constantFrom(...names)).map(([members, others, form, name]) => {
    const object = { ...others, ...members };
    if (form === 0) return Object.assign(Object.create(null), object);
    if (form === 1) return new Proxy(object, {});
    if (form === 2) return Object.defineProperty({ ...object }, name, { get: raise, enumerable: true });
    if (form === 3) return Object.freeze(object);
    return object;
  });
}

/** Returns all forms in which a program, a log or a crash report may print the value. */
function printed(value) {
  const texts = [inspect(value, { showHidden: true, depth: null }), String(value), JSON.stringify(value)];
  if (value instanceof Error) texts.push(value.stack, inspect(value.cause), inspect({ ...value }, { depth: null }));
  return texts.join('\n');
}

/** Checks an error raised before sending: the caller's own, or one of these classes with the field. */
function checkInvalidArgument(error, ...names) {
  if (error instanceof CallerError) return;
  ok(error instanceof RenumerateError && names.includes(error.name), inspect(error));
  strictEqual(typeof error.field, 'string');
  deepStrictEqual(error.attempts, []);
  ok(!printed(error).includes(KEY) && !error.message.includes('\n'), printed(error));
}

const options = ['privateKey', 'publicKey', 'baseUrl', 'timeout', 'attemptTimeout', 'connectTimeout', 'maxRetries'];
options.push('maxConnections', 'proxy', 'caBundle', 'appInfo', 'widgetsBaseUrl', 'logger');

// Rules: V7, X1
test('client is created or error names the option', async () => {
  await check(
    fc.property(fc.oneof(objectOf(options), anyValue), (options) => {
      try {
        const client = new Renumerate(options);
        ok(!printed(client).includes('planted'));
      } catch (error) {
        checkInvalidArgument(error, 'RenumerateConfigurationError');
      }
    }),
    [[hostile], [{ '\ud800': 1 }], [{ privateKey: hostile }], [{ logger: hostile }], [{ caBundle: hostile }]],
  );
});

// Rules: V1, V2, V7
test('call returns a session or error names the parameter', async () => {
  const parameters = fc.oneof(objectOf(['customerId', 'customerEmail', 'subscriptionId']), anyValue);
  // No timeout: a tiny one would expire.
  const callOptions = objectOf(['signal', 'maxRetries']);
  await check(
    fc.asyncProperty(
      parameters,
      fc.oneof(callOptions, anyValue),
      fc.boolean(),
      async (parameters, callOptions, subscription) => {
        const client = running.sandbox.client({ timeout: 300_000 });
        const method = subscription ? 'createSubscriptionSession' : 'createRetentionSession';
        try {
          const session = await client[method](parameters, callOptions);
          ok(session instanceof (subscription ? SubscriptionSession : RetentionSession));
          ok(!String(session).includes(session.id.slice(4)));
        } catch (error) {
          if (error instanceof DOMException && error.name === 'AbortError') return;
          checkInvalidArgument(error, 'RenumerateValidationError', 'RenumerateConfigurationError');
        }
      },
    ),
    [
      [hostile, undefined, false],
      [{ customerId: 'cus_1' }, { signal: hostile }, false],
      [{ '\ud800': 'x' }, undefined, true],
    ],
  );
});

// Rules: T2, X1
test('token is created or error names the parameter', async () => {
  const client = running.sandbox.client();
  await check(
    fc.property(fc.oneof(objectOf(['customerId']), anyValue), (parameters) => {
      try {
        const token = client.createHandshakeToken(parameters);
        ok(token instanceof HandshakeToken && !String(token).includes(token.token));
      } catch (error) {
        checkInvalidArgument(error, 'RenumerateValidationError');
      }
    }),
    [[hostile], [{ '\ud800': 'x' }], [{ customerId: hostile }], [{ customerId: KEY }]],
  );
});

const canaryKeys = fc.constantFrom(
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
  fc.array(fc.oneof(canaryKeys, words, text), { maxLength: 8 }).map((words) => Buffer.from(words.join(''))),
);
const headers = fc.dictionary(
  fc.constantFrom('content-type', 'x-request-id', 'location', 'retry-after', 'retry-after-ms', 'content-encoding'),
  fc.oneof(canaryKeys, fc.string({ maxLength: 40 })),
);
const statuses = fc.oneof(
  fc.constantFrom(200, 201, 302, 400, 401, 404, 422, 429, 500),
  fc.integer({ min: 200, max: 999 }),
);
const faults = ['reset_before_status', 'close_before_status', 'reset_in_body', 'truncate_body'];
const responses = fc.record(
  {
    status: statuses.filter((status) => status !== 204 && status !== 304),
    headers,
    base64: bodies.map((body) => body.toString('base64')),
    fault: fc.constantFrom(...faults),
  },
  { requiredKeys: ['status', 'headers', 'base64'] },
);

// Rules: D3, X1
test('any response becomes a session or a documented error', async () => {
  await check(
    fc.asyncProperty(responses, fc.boolean(), async (response, subscription) => {
      await running.sandbox.script('cus_any', response);
      const client = running.sandbox.client({ maxRetries: 0, timeout: 300_000 });
      const method = subscription ? 'createSubscriptionSession' : 'createRetentionSession';
      try {
        const session = await client[method]({ customerId: 'cus_any' });
        ok(session.id.startsWith(subscription ? 'sub_' : 'ret_') && session.id.length > 4 && response.status < 300);
        ok(session.id.length < 60 || !`${session} ${inspect(session)}`.includes(session.id.slice(4)));
        deepStrictEqual(JSON.parse(JSON.stringify(session)), JSON.parse(JSON.stringify(session.toJSON())));
      } catch (error) {
        ok(error instanceof RenumerateError, inspect(error));
        ok(!printed(error).includes(KEY), printed(error));
        if (error.name === 'RenumerateNetworkError') return ok(response.fault !== undefined, printed(error));
        strictEqual(error.status, response.status);
        const unexpected = error.name === 'RenumerateUnexpectedResponseError';
        ok(response.status === 404 || unexpected === response.status < 400, printed(error));
        ok([...(error.body ?? '')].length <= 512);
      }
    }),
  );
});

// Rules: X2
test('constructed session hides its id', async () => {
  await check(
    fc.property(fc.oneof(text, loneSurrogates), fc.option(text), fc.boolean(), (sealed, requestId, subscription) => {
      const Session = subscription ? SubscriptionSession : RetentionSession;
      const create = (sealed) => new Session(`ret_${sealed}`, `https://a.b?session_id=ret_${sealed}`, requestId);
      strictEqual(inspect(create(sealed)), inspect(create('another')), 'the output depends on the id');
      strictEqual(JSON.parse(JSON.stringify(create(sealed))).id, `ret_${sealed}`);
      strictEqual(create(sealed).toJSON().id, `ret_${sealed}`);
    }),
  );
});

test('constructed errors keep their message', async () => {
  const classes = Object.values(sdk).filter((value) => Object.getPrototypeOf(value) !== null && isError(value));
  ok(classes.length > 10);
  await check(
    fc.property(
      fc.constantFrom(...classes),
      fc.oneof(text, loneSurrogates),
      fc.option(text),
      (Class, message, body) => {
        const error = new Class(message, { body: body ?? undefined, retryable: true });
        ok(error instanceof RenumerateError && error.retryable);
        strictEqual(error.name, Class === RenumerateError ? 'RenumerateError' : `Renumerate${Class.name}`);
        strictEqual(error.message, message);
        strictEqual(error.toString(), message === '' ? error.name : `${error.name}: ${message}`);
      },
    ),
  );
});

test('sandbox rejects invalid arguments', async () => {
  const members = fc.dictionary(fc.string(), fc.oneof(fc.constant(null), fc.integer(), fc.string()), { maxKeys: 2 });
  await check(
    fc.asyncProperty(fc.oneof(text, loneSurrogates), members, async (id, response) => {
      ok((await rejection(running.sandbox.session(id))) instanceof Error);
      const results = await Promise.allSettled([running.sandbox.requests(id), running.sandbox.script(id, response)]);
      for (const { reason } of results) ok(reason === undefined || reason instanceof Error, inspect(reason));
    }),
  );
});

function isError(value) {
  return typeof value === 'function' && (value === RenumerateError || value.prototype instanceof RenumerateError);
}
