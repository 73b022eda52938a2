// SubscriptionHub: its content, its actions, and the cancel flow that it opens.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { cancel, choose, expectHeading, follow, press } from './steps.mjs';

const all = ['team', 'business:paused', 'starter:cancelled'];
const test = sandboxTest({
  seed: {
    customers: [
      customer('cus_all', ...all),
      customer('cus_plan', 'team'),
      customer('cus_pause', 'team'),
      customer('cus_resume', 'business:paused'),
      customer('cus_cancel', 'team', 'business'),
      customer('cus_both', 'team', 'business'),
      customer('cus_unchanged', 'team'),
      customer('cus_failed_request', 'team'),
    ],
  },
});

const article = (frame, plan) => frame.getByRole('article', { name: plan, exact: true });

/** Waits until the article of a plan contains a text. */
function waitForText(frame, plan, text) {
  return article(frame, plan).filter({ hasText: text }).waitFor();
}

async function firstSubscription(sandbox, id) {
  return (await sandbox.customer(id)).subscriptions[0];
}

test('subscriptions have a price, a status, and buttons for their actions', async ({ hub }) => {
  const { host } = await hub({ customer_id: 'cus_all' });
  const frame = host.hub;
  await expectHeading(frame, 'Your subscriptions');
  strictEqual(await frame.getByRole('article').count(), 3);
  const buttonsOf = (plan) => {
    const buttons = article(frame, plan).getByRole('button');
    return buttons.evaluateAll((buttons) => buttons.map((button) => `${button.textContent} = ${button.ariaLabel}`));
  };
  const change = (plan) => `Change plan = Change plan: ${plan}`;
  const promoCode = (plan) => `Promo code = Promo code: ${plan}`;
  await waitForText(frame, 'Team', /Active.*\$29\.00 a month.*12 December 2099/s);
  deepStrictEqual(await buttonsOf('Team'), [
    change('Team'),
    'Pause = Pause: Team',
    promoCode('Team'),
    'Cancel = Cancel: Team',
  ]);
  await waitForText(frame, 'Business', /Paused.*\$79\.00 a month/s);
  deepStrictEqual(await buttonsOf('Business'), [
    change('Business'),
    'Resume = Resume: Business',
    promoCode('Business'),
    'Cancel = Cancel: Business',
  ]);
  await waitForText(frame, 'Starter', 'Cancelled');
  deepStrictEqual(await buttonsOf('Starter'), []);
});

test('plan is changed', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_plan' });
  const frame = host.hub;
  await press(frame, 'Change plan: Team');
  await expectHeading(frame, 'Choose a plan');
  await choose(frame, /^Business\b/);
  await press(frame, 'Change plan');
  await expectHeading(frame, 'Your subscriptions');
  match(await frame.getByRole('status').innerText(), /Business/);
  await waitForText(frame, 'Business', '$79.00');
  strictEqual((await firstSubscription(sandbox, 'cus_plan')).plan.id, 'business');
});

test('subscription is paused', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_pause' });
  const frame = host.hub;
  await press(frame, 'Pause: Team');
  await expectHeading(frame, 'Pause Team');
  await choose(frame, '3 months');
  await press(frame, 'Pause');
  await expectHeading(frame, 'Your subscriptions');
  match(await frame.getByRole('status').innerText(), /paused/i);
  await waitForText(frame, 'Team', 'Paused');
  const { status, resumes_on, next_bill } = await firstSubscription(sandbox, 'cus_pause');
  strictEqual(status, 'paused');
  strictEqual(next_bill > resumes_on, true);
});

test('subscription is resumed', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_resume' });
  const frame = host.hub;
  await press(frame, 'Resume: Business');
  await waitForText(frame, 'Business', 'Active');
  match(await frame.getByRole('status').innerText(), /Business/);
  const { status, resumes_on } = await firstSubscription(sandbox, 'cus_resume');
  deepStrictEqual([status, resumes_on], ['active', null]);
});

test('cancel opens the flow for that subscription, and the hub shows the result', async ({ sandbox, hub }) => {
  const { id, host } = await hub({ customer_id: 'cus_cancel' });
  await press(host.hub, 'Cancel: Business');
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await waitForText(host.hub, 'Business', 'Cancelled');
  await waitForText(host.hub, 'Team', 'Active');
  await host.expectCallbacks(['onCancelled', 'onComplete']);
  const requests = (await host.messages('cancel-subscription')).map(({ from, data }) => [from, data]);
  deepStrictEqual(requests, [['subscription', { sessionId: id }]]);
  const [{ subscription_id, outcome }] = await sandbox.outcomes(id);
  deepStrictEqual([subscription_id, outcome], [subscriptionOf('cus_cancel', 1), 'cancelled']);
});

test('one session keeps a subscription and cancels another', async ({ sandbox, hub }) => {
  const { id, host } = await hub({ customer_id: 'cus_both' });
  await press(host.hub, 'Cancel: Team');
  await press(host.retention, 'Keep my subscription');
  await expectHeading(host.retention, 'You keep Team');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await waitForText(host.hub, 'Team', 'Active');
  await press(host.hub, 'Cancel: Business');
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await waitForText(host.hub, 'Business', 'Cancelled');
  await host.expectCallbacks(['onRetained', 'onComplete', 'onCancelled', 'onComplete']);
  const outcomes = (await sandbox.outcomes(id)).map(({ outcome }) => outcome);
  deepStrictEqual(outcomes, ['retained', 'cancelled']);
});

test('back leaves a page of the hub without a change', async ({ sandbox, hub }) => {
  const before = await firstSubscription(sandbox, 'cus_unchanged');
  const { host } = await hub({ customer_id: 'cus_unchanged' });
  const frame = host.hub;
  for (const [open, name, heading] of [
    [press, 'Change plan: Team', 'Choose a plan'],
    [press, 'Pause: Team', 'Pause Team'],
    [press, 'Promo code: Team', 'Promo code for Team'],
    [follow, 'Update payment method', 'Payment method'],
    [follow, 'Invoices', 'Invoices'],
  ]) {
    await open(frame, name);
    await expectHeading(frame, heading);
    await follow(frame, 'Back');
    await expectHeading(frame, 'Your subscriptions');
  }
  deepStrictEqual(await firstSubscription(sandbox, 'cus_unchanged'), before);
});

const expectedErrors = /ERR_FAILED/;
test('flow opens in the hub if its request fails', { expectedErrors }, async ({ context, hub }) => {
  await context.route('**/subs/cancel', (route) => route.abort(), { times: 1 });
  const { host } = await hub({ customer_id: 'cus_failed_request' });
  await press(host.hub, 'Cancel: Team');
  await expectHeading(host.hub, 'Why do you want to cancel?');
  deepStrictEqual(await host.messages('cancel-subscription'), []);
});
