// Selection of the subscription to cancel.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { cancel, choose, expectHeading, press } from './steps.mjs';

const test = sandboxTest({
  seed: {
    customers: [
      customer('cus_several', 'team', 'business', 'starter:cancelled'),
      customer('cus_named', 'team', 'business'),
      customer('cus_twins', 'team', 'team'),
      customer('cus_left', 'team:cancelled'),
      customer('cus_none'),
    ],
  },
});

async function statuses(sandbox, id) {
  return (await sandbox.customer(id)).subscriptions.map(({ status }) => status);
}

test('customer selects one of the active subscriptions', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_several' });
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Which subscription do you want to cancel?');
  strictEqual(await frame.getByRole('radio').count(), 2);
  await choose(frame, /Business/);
  await press(frame, 'Continue');
  await cancel(frame, 'Business');
  deepStrictEqual(await statuses(sandbox, 'cus_several'), ['active', 'cancelled', 'cancelled']);
  const [{ subscription_id }] = await sandbox.outcomes(id);
  strictEqual(subscription_id, subscriptionOf('cus_several', 1));
});

test('session with a subscription id cancels that subscription', async ({ sandbox, cancelButton }) => {
  const subscription_id = subscriptionOf('cus_named', 1);
  const { host } = await cancelButton({ customer_id: 'cus_named', subscription_id });
  await cancel(await host.openCancelFlow(), 'Business');
  deepStrictEqual(await statuses(sandbox, 'cus_named'), ['active', 'cancelled']);
});

test('two subscriptions with the same plan are distinguished', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_twins' });
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Which subscription do you want to cancel?');
  await frame.getByRole('radio').nth(1).check();
  await press(frame, 'Continue');
  await cancel(frame, 'Team');
  deepStrictEqual(await statuses(sandbox, 'cus_twins'), ['active', 'cancelled']);
});

for (const [id, heading] of [
  ['cus_left', 'Already decided'],
  ['cus_none', 'There is nothing to cancel'],
]) {
  test(`page without active subscriptions shows: ${heading}`, async ({ sandbox, cancelButton }) => {
    const { id: session, host } = await cancelButton({ customer_id: id });
    const frame = await host.openCancelFlow();
    await expectHeading(frame, heading);
    strictEqual(await frame.getByRole('radio').count(), 0);
    await press(frame, 'Close');
    await host.waitForClose();
    await host.expectCallbacks(['onComplete']);
    deepStrictEqual(await host.messages('on-cancelled', 'on-retained'), []);
    deepStrictEqual(await sandbox.outcomes(session), []);
  });
}
