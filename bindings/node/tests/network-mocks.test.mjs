// The test kit works while nock or MSW reject network requests of the process.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { Sandbox } from '@renumerate/node/testing';
import { setupServer } from 'msw/node';
import nock from 'nock';
import { rejection } from './fixtures.mjs';

const BLOCKERS = {
  'nock with disableNetConnect': {
    block: () => nock.disableNetConnect(),
    unblock() {
      nock.enableNetConnect();
      nock.restore();
    },
  },
  "MSW with onUnhandledRequest: 'error'": {
    server: setupServer(),
    block() {
      this.server.listen({ onUnhandledRequest: 'error' });
    },
    unblock() {
      this.server.close();
    },
  },
};

for (const [name, blocker] of Object.entries(BLOCKERS)) {
  test(`test kit and client work under ${name}`, async (t) => {
    blocker.block();
    t.after(() => blocker.unblock());
    const sandbox = await Sandbox.start();
    t.after(() => sandbox.stop());
    match(String(await rejection(fetch(sandbox.url))), /disallowed net connect|cannot bypass/i);
    await sandbox.script('cus_1', { status: 500 }, { mint: true });
    const session = await sandbox.client().createRetentionSession({ customerId: 'cus_1' });
    strictEqual((await sandbox.session(session.id)).customerId, 'cus_1');
    deepStrictEqual(
      (await sandbox.requests()).map(({ status }) => status),
      [500, 200],
    );
    await sandbox.reset();
  });
}
