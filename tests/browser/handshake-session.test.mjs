// Session of the newer contract: the page keeps it in the tab, and exchanges a new token shortly before it expires.

import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { expectHeading } from './steps.mjs';

const test = sandboxTest({ seed: { customers: [customer('cus_1', 'team')] } });
const REASON = 'Why do you want to cancel?';

/** Returns a function that returns the number of exchanges since then. */
async function countExchanges(sandbox) {
  const count = async () => (await sandbox.requestsTo('/v1/session/exchange')).length;
  const before = await count();
  return async () => (await count()) - before;
}

const tokenRequests = (host) => host.page.evaluate(() => tokens.length);

async function openHub(host) {
  await expectHeading(host.hub, 'Your subscriptions');
  return (await host.parametersOf('subscription')).session_id;
}

async function openFlow(host) {
  await expectHeading(await host.openCancelFlow(), REASON);
  const { session_id: id } = await host.parametersOf('retention');
  await host.closeDialog();
  return id;
}

test('page loads of a tab share a session, and a new tab gets its own', async ({ sandbox, openHost }) => {
  const exchanges = await countExchanges(sandbox);
  const host = await openHost({ customer: 'cus_1' });
  const id = await openHub(host);
  strictEqual(await openFlow(host), id);
  await host.page.reload();
  strictEqual(await openHub(host), id);
  strictEqual(await openFlow(host), id);
  deepStrictEqual([await exchanges(), await tokenRequests(host)], [1, 0]);
  const other = await openHost({ customer: 'cus_1' });
  notStrictEqual(await openHub(other), id);
  deepStrictEqual([await exchanges(), await tokenRequests(other)], [2, 1]);
});

test('session is renewed 60 seconds before it expires', async ({ sandbox, openHost }) => {
  const exchanges = await countExchanges(sandbox);
  const host = await openHost({ customer: 'cus_1' });
  const id = await openHub(host);
  const { expiresAt } = await host.page.evaluate(() => JSON.parse(sessionStorage.getItem('renumerate_sdk_session')));
  const renewal = (expiresAt - 60) * 1000;
  await host.page.clock.setFixedTime(renewal - 1);
  strictEqual(await openFlow(host), id);
  deepStrictEqual([await exchanges(), await tokenRequests(host)], [1, 1]);
  await host.page.clock.setFixedTime(renewal);
  notStrictEqual(await openFlow(host), id);
  deepStrictEqual([await exchanges(), await tokenRequests(host)], [2, 2]);
});

test('openings at the same time share an exchange', async ({ sandbox, context, openHost }) => {
  const exchanges = await countExchanges(sandbox);
  const pending = [];
  await context.route('**/api/renumerate-token*', (route) => pending.push(route));
  const requested = context.waitForEvent('request', (request) => request.url().includes('/api/renumerate-token'));
  const host = await openHost({ customer: 'cus_1' });
  await requested; // for the hub
  await host.openCancelFlow();
  strictEqual(await host.page.locator('iframe, dialog').count(), 0);
  await Promise.all(pending.map((route) => route.continue()));
  await expectHeading(host.retention, REASON);
  await expectHeading(host.hub, 'Your subscriptions');
  deepStrictEqual([await exchanges(), await tokenRequests(host)], [1, 1]);
  const ids = await Promise.all(['subscription', 'retention'].map((name) => host.parametersOf(name)));
  strictEqual(ids[0].session_id, ids[1].session_id);
});

test('opening after a failed exchange exchanges another token', { expectedErrors: /401/ }, async ({
  sandbox,
  context,
  openHost,
}) => {
  const exchanges = await countExchanges(sandbox);
  await context.route('**/api/renumerate-token*', (route) => route.fulfill({ json: { token: 'undefined' } }), {
    times: 1,
  });
  const host = await openHost({ customer: 'cus_1' });
  await host.fallback.waitFor();
  await openFlow(host);
  deepStrictEqual([await exchanges(), await tokenRequests(host)], [2, 2]);
});
