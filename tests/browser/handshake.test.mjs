// Handshake tokens: the page exchanges a token at the widgets' origin, and one session opens both widgets.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { cancel, expectHeading, press } from './steps.mjs';

const test = sandboxTest({
  seed: { customers: [customer('cus_both', 'team', 'business'), customer('cus_ended', 'team:cancelled')] },
});

/** Exchanges a token in the page, whose origin differs from that of the widgets, and returns the response. */
function exchange(page, origin, token) {
  return page.evaluate(
    async ([origin, handshakeToken]) => {
      const response = await fetch(`${origin}/v1/session/exchange`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ handshakeToken }),
      });
      return {
        status: response.status,
        note: response.headers.get('x-renumerate-sandbox-note'),
        ...(await response.json()),
      };
    },
    [origin, token],
  );
}

test('page exchanges a token, and one session opens the hub and several cancel flows', async ({
  sandbox,
  openHost,
}) => {
  const { page } = await openHost({});
  const { status, session } = await exchange(page, sandbox.widgets, sandbox.createToken('cus_both'));
  strictEqual(status, 200);
  match(session.sessionId, /^r10_/);
  strictEqual(Math.round((session.expiresAt - Date.now() / 1000) / 60), 60);

  const host = await openHost({ retention: session.sessionId, subscription: session.sessionId });
  await expectHeading(host.hub, 'Your subscriptions');
  await press(host.hub, 'Cancel: Business');
  const [{ data }] = await host.waitForMessages('cancel-subscription');
  deepStrictEqual(data, { sessionId: session.sessionId, subscriptionId: subscriptionOf('cus_both', 1) });
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.hub.getByRole('article', { name: 'Business' }).getByText('Cancelled').waitFor();

  // The cancel button opens the flow of the first active subscription, with the same session.
  await cancel(await host.openCancelFlow(), 'Team');
  await press(host.retention, 'Done');
  await host.expectCallbacks(['onCancelled', 'onComplete', 'onCancelled', 'onComplete']);
  const outcomes = await sandbox.outcomes(session.sessionId);
  deepStrictEqual(
    outcomes.map(({ subscription_id }) => subscription_id),
    [subscriptionOf('cus_both', 1), subscriptionOf('cus_both', 0)],
  );
});

test('page can read the note of a rejected token', { expectedErrors: /401/ }, async ({ sandbox, openHost }) => {
  const { page } = await openHost({});
  for (const origin of [sandbox.widgets, sandbox.url]) {
    const { status, error, note } = await exchange(page, origin, 'undefined');
    deepStrictEqual([status, error], [401, 'Invalid token format']);
    match(note, /not payload\.signature/);
  }
});

test('page gets the documented message if no subscription is active', { expectedErrors: /404/ }, async ({
  sandbox,
  openHost,
}) => {
  const { page } = await openHost({});
  const { status, error } = await exchange(page, sandbox.widgets, sandbox.createToken('cus_ended'));
  deepStrictEqual([status, error], [404, 'No active subscription']);
});
