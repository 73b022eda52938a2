// Errors of handshake tokens and sessions: the documented message, and the fallback of the host page.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { expectHeading } from './steps.mjs';

const test = sandboxTest({
  seed: { customers: [customer('cus_1', 'team'), customer('cus_ended', 'team:cancelled')] },
});
const expectedErrors = /status of 40[14]/;

const isExchange = (response) =>
  response.url().endsWith('/v1/session/exchange') && response.request().method() === 'POST';

/** Tokens that the exchange rejects, with the status and message of the response and a part of the sandbox's note. */
const REJECTED = [
  ['Invalid token format', 401, /not payload\.signature/, () => 'undefined'],
  ['Token expired', 401, /s old/, (sandbox) => sandbox.createToken('cus_1', { timestamp: Date.now() - 600_000 })],
  [
    'Token expired',
    401,
    /use milliseconds/,
    (sandbox) => sandbox.createToken('cus_1', { timestamp: Math.floor(Date.now() / 1000) }),
  ],
  ['Invalid signature', 401, /another key/, (sandbox) => sandbox.createToken('cus_1', { key: 'sk_live_other' })],
  [
    'Brand not found',
    401,
    /not the public key/,
    (sandbox) => sandbox.createToken('cus_1', { brandPub: 'pk_live_other' }),
  ],
  ['Customer not found', 404, undefined, (sandbox) => sandbox.createToken('cus_missing')],
  ['No active subscription', 404, undefined, (sandbox) => sandbox.createToken('cus_ended')],
];

for (const [message, status, note, createToken] of REJECTED) {
  test(`exchange fails: ${message}${note ? `, ${note.source}` : ''}`, { expectedErrors }, async ({
    sandbox,
    context,
    openHost,
  }) => {
    await context.route('**/api/renumerate-token*', (route) =>
      route.fulfill({ json: { token: createToken(sandbox) } }),
    );
    const exchanged = context.waitForEvent('response', isExchange);
    const host = await openHost({ customer: 'cus_1' });
    const response = await exchanged;
    strictEqual(response.status(), status);
    deepStrictEqual(await response.json(), { error: message });
    if (note) match(await response.headerValue('x-renumerate-sandbox-note'), note);
    await host.fallback.waitFor();
    // The error body has no `error.message`, so the library reports its own text.
    deepStrictEqual(await host.page.evaluate(() => errors), ['Session exchange failed']);
    strictEqual(await host.page.locator('iframe, dialog').count(), 0);
  });
}

test('cancel flow fails: Subscription not found', { expectedErrors }, async ({ sandbox, context, openHost }) => {
  const host = await openHost({ customer: 'cus_1', subscription_id: 'sub_other' });
  await expectHeading(host.hub, 'Your subscriptions');
  const opened = context.waitForEvent('response', (response) => /\/retention\?/.test(response.url()));
  await host.openCancelFlow();
  const response = await opened;
  strictEqual(response.status(), 404);
  match(await sandbox.fetchFromWidgets(response.url()), /Subscription not found/);
  await host.fallback.waitFor();
  deepStrictEqual(
    (await host.waitForMessages('catastrophic-failure')).map(({ data }) => data),
    [{ iframe: 'retention' }],
  );
  await host.closeDialog();
  await host.expectCallbacks(['onComplete']);
});

test('page of another origin can read the note of a rejected token', { expectedErrors }, async ({
  sandbox,
  openHost,
}) => {
  const { page } = await openHost({});
  for (const origin of [sandbox.widgets, sandbox.url]) {
    const note = await page.evaluate(async (origin) => {
      const response = await fetch(`${origin}/v1/session/exchange`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ handshakeToken: 'undefined' }),
      });
      return response.headers.get('x-renumerate-sandbox-note');
    }, origin);
    match(note, /not payload\.signature/);
  }
});

test('session id without the prefix r10_ is rejected', async ({ context, openHost }) => {
  const expiresAt = Math.floor(Date.now() / 1000) + 3600;
  await context.route('**/v1/session/exchange', (route) =>
    route.fulfill({
      json: { session: { sessionId: 'ret_1', expiresAt } },
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' },
    }),
  );
  const host = await openHost({ customer: 'cus_1' });
  await host.fallback.waitFor();
  match((await host.page.evaluate(() => errors)).join(), /r10_/);
  strictEqual(await host.page.locator('iframe').count(), 0);
});

test('fallback replaces a cancel flow that does not load within 10 seconds', async ({ context, openHost }) => {
  await context.clock.install();
  await context.route('**/retention?*', () => {}); // no response
  const host = await openHost({ customer: 'cus_1' });
  await expectHeading(host.hub, 'Your subscriptions');
  await context.clock.pauseAt(Date.now() + 60_000);
  await host.openCancelFlow();
  await context.clock.runFor(9_999);
  strictEqual(await host.fallback.count(), 0);
  await context.clock.runFor(1);
  strictEqual(await host.fallback.count(), 1);
});
