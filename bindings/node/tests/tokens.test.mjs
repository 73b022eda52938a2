// Handshake tokens: values, arguments and errors.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { HandshakeToken, Renumerate } from '@renumerate/node';
import { payloadOf, thrown } from './fixtures.mjs';

const options = { privateKey: 'sk_live_planted', publicKey: 'pk_live_example' };
const renumerate = new Renumerate(options);
const customer = { customerId: 'cus_1' };

// Rules: T5
test('token expires after 5 minutes and its JSON contains only the token', () => {
  const token = renumerate.createHandshakeToken(customer);
  ok(token instanceof HandshakeToken && token.expiresAt instanceof Date);
  const { timestamp, ...payload } = payloadOf(token.token);
  strictEqual(token.expiresAt.getTime(), timestamp + 300_000);
  ok(Math.abs(Date.now() - timestamp) < 120_000, 'the timestamp is not the current time');
  deepStrictEqual([payload.brandPub, payload.subscriberId], ['pk_live_example', 'cus_1']);
  strictEqual(JSON.stringify({ token }), `{"token":{"token":"${token.token}"}}`);
  strictEqual(Object.getPrototypeOf(token.toJSON()), Object.prototype);
});

// Rules: T5
test('printed token is masked', () => {
  const token = renumerate.createHandshakeToken(customer);
  const constructed = new HandshakeToken('eyJ.planted', new Date(0));
  strictEqual(inspect(constructed), "HandshakeToken { token: '…', expiresAt: 1970-01-01T00:00:00.000Z }");
  for (const value of [token, constructed, new HandshakeToken('planted', new Date(Number.NaN))]) {
    const texts = [inspect(value), inspect({ value }, { showHidden: true, getters: true }), `${value}`, [value].join()];
    texts.push(format('%s %o %O', value, value, value));
    ok(!texts.some((text) => text.includes(value.token)), texts.join('\n'));
  }
  strictEqual(inspect(Object.create(HandshakeToken.prototype)), "HandshakeToken { token: '…', expiresAt: undefined }");
});

// Rules: T2, V7
test('invalid parameter is rejected with its field', () => {
  const invalid = [
    [{ customerId: 42 }, 'customerId', 'customerId must be a string, not a number'],
    [{ customerId: '\ud800' }, 'customerId', 'customerId must be a string, not a string with a lone surrogate'],
    [{}, 'customerId', 'customerId is not set'],
    [undefined, 'customerId', 'customerId is not set'],
    [{ customerId: null }, 'customerId', 'customerId is not set'],
    ['cus_1', 'parameters', 'parameters must be an object such as { customerId }, not a string'],
    [
      { customer_id: 'cus_1' },
      'customer_id',
      'a handshake token has no parameter "customer_id"; did you mean customerId?',
    ],
    [
      { ...customer, subscriberId: 'x' },
      'subscriberId',
      'a handshake token has no parameter "subscriberId"; use customerId',
    ],
    [{ ...customer, customerEmail: 'a@b' }, 'customerEmail', 'customerEmail is not a parameter of a handshake token'],
  ];
  for (const [parameters, field, message] of invalid) {
    const error = thrown(() => renumerate.createHandshakeToken(parameters));
    deepStrictEqual([error.name, error.field, error.attempts], ['RenumerateValidationError', field, []]);
    ok(error.message.startsWith(message), error.message);
    match(error.stack, /tokens\.test\.mjs/);
  }
});

// Rules: S21, T3
test('keys are required and checked when a token is created, not earlier', () => {
  delete process.env.RENUMERATE_PRIVATE_KEY;
  delete process.env.RENUMERATE_PUBLIC_KEY;
  const late = new Renumerate();
  const clients = [
    [late, 'privateKey'],
    [new Renumerate({ privateKey: 'sk_live_planted' }), 'publicKey'],
    [new Renumerate({ ...options, publicKey: 'sk_live_planted' }), 'publicKey'],
  ];
  for (const [client, wrong] of clients) {
    const { name, field, message } = thrown(() => client.createHandshakeToken(customer));
    deepStrictEqual([name, field], ['RenumerateConfigurationError', wrong]);
    ok(!message.includes('planted'), message);
  }
  Object.assign(process.env, { RENUMERATE_PRIVATE_KEY: 'sk_late', RENUMERATE_PUBLIC_KEY: 'pk_late' });
  strictEqual(payloadOf(late.createHandshakeToken(customer).token).brandPub, 'pk_late');
  strictEqual(thrown(() => new Renumerate({ publicKey: 42 })).field, 'publicKey');
});
