// Error classes and their fields.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as sdk from '@renumerate/node';
import { rejection, startSandbox } from './fixtures.mjs';

const { Renumerate } = sdk;
const byName = Object.fromEntries(Object.entries(sdk));
const running = startSandbox();
const customer = { customerId: 'cus_1' };

// Rules: M5
test('error classes have their name, code, parent and fields', () => {
  const { RenumerateError, ApiError } = sdk;
  const codes = {
    ConfigurationError: ['configuration', RenumerateError],
    ValidationError: ['validation', RenumerateError],
    ApiError: ['api', RenumerateError],
    BadRequestError: ['bad_request', ApiError],
    AuthenticationError: ['authentication', ApiError],
    NotFoundError: ['not_found', ApiError],
    RateLimitError: ['rate_limited', ApiError],
    ServerError: ['server', ApiError],
    NetworkError: ['network', RenumerateError],
    RequestTimeoutError: ['timeout', RenumerateError],
    UnexpectedResponseError: ['unexpected_response', RenumerateError],
    ClosedError: ['closed', RenumerateError],
    InternalError: ['internal', RenumerateError],
  };
  for (const [name, [code, parent]] of Object.entries(codes)) {
    const error = new byName[name]('text', { status: 404 });
    deepStrictEqual([error.name, error.code, error.message, error.reason], [`Renumerate${name}`, code, 'text', 'text']);
    ok(error instanceof parent && error instanceof Error, name);
    match(error.stack, new RegExp(`^Renumerate${name}: text`));
    ok(inspect(error).startsWith(`${name} [Renumerate${name}]: text`), inspect(error));
    const hasStatus = ['NetworkError', 'UnexpectedResponseError'].includes(name);
    strictEqual('status' in error, error instanceof ApiError || hasStatus);
    strictEqual('field' in error, name === 'ConfigurationError' || name === 'ValidationError');
  }
});

test('derived error class inherits the code and the status', () => {
  class CustomError extends sdk.NotFoundError {}
  deepStrictEqual([new CustomError('x').code, new CustomError('x').status], ['not_found', 404]);
  strictEqual(new sdk.RenumerateError('x').code, 'renumerate');
});

/** The script of a response, the class of its error, and options of the call. */
const FAILURES = [
  [{ status: 400 }, 'BadRequestError'],
  [{ status: 401 }, 'AuthenticationError'],
  [{ status: 404, body: { error: 'Customer not found' } }, 'NotFoundError'],
  [{ status: 429 }, 'RateLimitError'],
  [{ status: 500 }, 'ServerError'],
  [{ fault: 'reset_before_status' }, 'NetworkError'],
  [{ fault: 'stall_before_headers' }, 'RequestTimeoutError', { timeout: 100 }],
];

test('error that an application constructs has the usual status and retryable of its class', async () => {
  const client = running.sandbox.client({ maxRetries: 0 });
  for (const [script, name, options] of FAILURES) {
    await running.sandbox.script('cus_failing', script);
    const raised = await rejection(client.createRetentionSession({ customerId: 'cus_failing' }, options));
    const constructed = new byName[name]('text');
    strictEqual(raised.name, `Renumerate${name}`);
    deepStrictEqual([constructed.status, constructed.retryable], [raised.status, raised.retryable], name);
  }
  for (const name of ['ApiError', 'ClosedError', 'ConfigurationError', 'InternalError', 'ValidationError'])
    deepStrictEqual([new byName[name]('text').status, new byName[name]('text').retryable], [undefined, false], name);
  const { status, retryable } = new sdk.ServerError('text', { status: 501, retryable: false });
  deepStrictEqual([status, retryable], [501, false]);
});

test('error message and JSON contain the details of the response', async () => {
  const error = await rejection(running.sandbox.client().createRetentionSession({ customerId: 'cus_not_found' }));
  const { host } = new URL(running.sandbox.url);
  const hint = 'check the ids, and that the key belongs to the same environment';
  const message = `${host} (baseUrl) answered 404: Customer not found (1 attempt); ${hint}`;
  strictEqual(error.message, message);
  strictEqual(error.reason, 'Customer not found');
  const { attempts, ...logged } = JSON.parse(JSON.stringify(error));
  strictEqual(attempts.length, 1);
  deepStrictEqual(logged, {
    name: 'RenumerateNotFoundError',
    message,
    code: 'not_found',
    reason: 'Customer not found',
    retryable: false,
    hints: [hint],
    host,
    hostSetting: 'baseUrl',
    status: 404,
    contentType: 'application/json',
    body: '{"error":"Customer not found"}',
  });
});

test('network error has a cause', async () => {
  const client = new Renumerate({ privateKey: 'sk_x', baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
  const error = await rejection(client.createRetentionSession(customer));
  deepStrictEqual([error.name, error.phase, error.retryable], ['RenumerateNetworkError', 'connect', true]);
  ok(error.cause instanceof Error);
  match(error.cause.message, /refused/);
});

test('error stack contains the caller', async () => {
  async function callingFunction(parameters) {
    return await running.sandbox.client().createRetentionSession(parameters);
  }
  for (const parameters of [{ customerId: 'cus_not_found' }, { customerId: '' }, { customer_id: 'x' }]) {
    match((await rejection(callingFunction(parameters))).stack, /at (async )?callingFunction .*errors\.test\.mjs/);
  }
});
