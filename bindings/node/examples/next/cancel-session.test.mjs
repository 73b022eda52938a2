// Test of the function behind the server action, against a sandbox.
//
// The README of @renumerate/node says how to build and install the archives of that package and of @renumerate/sandbox.
//
// npm test

import { deepStrictEqual, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { Sandbox } from '@renumerate/node/testing';

const sandbox = await Sandbox.start();
// The client reads the variables when it is constructed, so the module must be imported later.
process.env.RENUMERATE_BASE_URL = sandbox.url;
process.env.RENUMERATE_PRIVATE_KEY = sandbox.privateKey;
const { createCancelSession } = await import('./cancel-session.mjs');

test('server action creates a session for the customer', async () => {
  const session = await createCancelSession('cus_1');
  if ('error' in session) throw new Error(session.error);
  strictEqual((await sandbox.session(session.id)).customerId, 'cus_1');
});

test('server action returns the code of an error', async () => {
  deepStrictEqual(await createCancelSession('cus_not_found'), { error: 'not_found' });
});
