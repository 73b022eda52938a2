// Which subscription it is about, where a customer has several.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { at, cancel, choose, press } from './steps.mjs';

const scene = scenes({
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

scene('the customer chooses among those that can be cancelled', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_several' });
  const frame = await host.startCancelling();
  await at(frame, 'Which subscription do you want to cancel?');
  strictEqual(await frame.getByRole('radio').count(), 2);
  await choose(frame, /Business/);
  await press(frame, 'Continue');
  await cancel(frame, 'Business');
  deepStrictEqual(await statuses(sandbox, 'cus_several'), ['active', 'cancelled', 'cancelled']);
  const [{ subscription_id }] = await sandbox.outcomes(id);
  strictEqual(subscription_id, subscriptionOf('cus_several', 1));
});

scene('a session for a subscription is about that one', async ({ sandbox, cancelButton }) => {
  const subscription_id = subscriptionOf('cus_named', 1);
  const { host } = await cancelButton({ customer_id: 'cus_named', subscription_id });
  await cancel(await host.startCancelling(), 'Business');
  deepStrictEqual(await statuses(sandbox, 'cus_named'), ['active', 'cancelled']);
});

scene('two of the same plan are told apart', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_twins' });
  const frame = await host.startCancelling();
  await at(frame, 'Which subscription do you want to cancel?');
  await frame.getByRole('radio').nth(1).check();
  await press(frame, 'Continue');
  await cancel(frame, 'Team');
  deepStrictEqual(await statuses(sandbox, 'cus_twins'), ['active', 'cancelled']);
});

for (const [id, heading] of [
  ['cus_left', 'This is settled'],
  ['cus_none', 'There is nothing to cancel'],
]) {
  scene(`where nothing is left to cancel, the page says so: ${heading}`, async ({ sandbox, cancelButton }) => {
    const { id: session, host } = await cancelButton({ customer_id: id });
    const frame = await host.startCancelling();
    await at(frame, heading);
    strictEqual(await frame.getByRole('radio').count(), 0);
    await press(frame, 'Close');
    await host.isClosed();
    await host.hasCalled(['onComplete']);
    deepStrictEqual(await host.heard('on-cancelled', 'on-retained'), []);
    deepStrictEqual(await sandbox.outcomes(session), []);
  });
}
