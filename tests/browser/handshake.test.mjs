// Handshake tokens: the page exchanges a token at the widgets' origin, and one session opens both widgets.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { cancel, expectHeading, press } from './steps.mjs';

const names = ['cus_both', 'cus_chosen', 'cus_closed', 'cus_late', 'cus_prefix'];
const test = sandboxTest({
  seed: { customers: names.map((id) => customer(id, 'team', 'business')) },
});

test('page exchanges a token, and one session opens the hub and several cancel flows', async ({
  sandbox,
  openHost,
}) => {
  const host = await openHost({ customer: 'cus_both' });
  await expectHeading(host.hub, 'Your subscriptions');
  const { session_id: sessionId } = await host.parametersOf('subscription');
  match(sessionId, /^r10_/);
  await press(host.hub, 'Cancel: Business');
  const [{ data }] = await host.waitForMessages('cancel-subscription');
  const business = subscriptionOf('cus_both', 1);
  deepStrictEqual(data, { sessionId, subscriptionId: business });
  deepStrictEqual(await host.parametersOf('retention'), { session_id: sessionId, subscription_id: business });
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.hub.getByRole('article', { name: 'Business' }).getByText('Cancelled').waitFor();

  // The cancel button opens the flow of the first active subscription, with the same session.
  await cancel(await host.openCancelFlow(), 'Team');
  deepStrictEqual(await host.parametersOf('retention'), { session_id: sessionId });
  await press(host.retention, 'Done');
  await host.expectCallbacks(['onCancelled', 'onComplete', 'onCancelled', 'onComplete']);
  const outcomes = await sandbox.outcomes(sessionId);
  deepStrictEqual(
    outcomes.map(({ subscription_id }) => subscription_id),
    [business, subscriptionOf('cus_both', 0)],
  );
});

test('page chooses the subscription of the cancel flow', async ({ openHost }) => {
  const subscription_id = subscriptionOf('cus_chosen', 1);
  const host = await openHost({ customer: 'cus_chosen', subscription_id });
  await cancel(await host.openCancelFlow(), 'Business');
});

test('frames may use passkeys and payment', async ({ openHost }) => {
  const host = await openHost({ customer: 'cus_closed' });
  await expectHeading(host.hub, 'Your subscriptions');
  await expectHeading(await host.openCancelFlow(), 'Why do you want to cancel?');
  for (const name of ['retention', 'subscription']) {
    const frame = host.page.frames().find((frame) => frame.name() === name);
    const allowed = () =>
      ['publickey-credentials-get', 'payment'].map((name) => document.featurePolicy.allowsFeature(name));
    deepStrictEqual(await frame.evaluate(allowed), [true, true]);
  }
});

test('closed dialog calls onComplete once', async ({ openHost }) => {
  const host = await openHost({ customer: 'cus_closed' });
  await expectHeading(await host.openCancelFlow(), 'Why do you want to cancel?');
  await host.closeDialog();
  await host.expectCallbacks(['onComplete']);
  await press(await host.openCancelFlow(), 'Keep my subscription');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onComplete', 'onRetained', 'onComplete']);
});

test('message after the dialog closed calls nothing', async ({ openHost }) => {
  const host = await openHost({ customer: 'cus_late' });
  await expectHeading(host.hub, 'Your subscriptions');
  await expectHeading(await host.openCancelFlow(), 'Why do you want to cancel?');
  await host.closeDialogOverHub();
  await host.sendFromHub('on-cancelled');
  await host.expectCallbacks(['onComplete']);
  await expectHeading(await host.openCancelFlow(), 'Why do you want to cancel?');
  await host.sendFromHub('on-cancelled');
  await host.expectCallbacks(['onComplete', 'onCancelled']);
});

test('hub can open the cancel flow only with a session id of the newer contract', async ({ openHost }) => {
  const host = await openHost({ customer: 'cus_prefix' });
  await expectHeading(host.hub, 'Your subscriptions');
  for (const sessionId of ['ret_1', 'sub_1']) {
    await host.sendFromHub('cancel-subscription', { sessionId });
    strictEqual(await host.page.locator('dialog').count(), 0);
  }
  const { session_id: sessionId } = await host.parametersOf('subscription');
  await host.sendFromHub('cancel-subscription', { sessionId });
  await expectHeading(host.retention, 'Why do you want to cancel?');
});
