// The SubscriptionHub: what it shows, what can be done there, and its way through the cancel flow and back.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { at, cancel, choose, press } from './steps.mjs';

const all = ['team', 'business:paused', 'starter:cancelled'];
const scene = scenes({
  seed: {
    customers: [
      customer('cus_all', ...all),
      customer('cus_plan', 'team'),
      customer('cus_pause', 'team'),
      customer('cus_resume', 'business:paused'),
      customer('cus_cancel', 'team', 'business'),
      customer('cus_back', 'team', 'business'),
      customer('cus_half', 'team'),
      customer('cus_lost', 'team'),
    ],
  },
});

const article = (frame, plan) => frame.getByRole('article', { name: plan, exact: true });

/** The article, once it shows this. */
function showing(frame, plan, text) {
  return article(frame, plan).filter({ hasText: text }).waitFor();
}

async function first(sandbox, id) {
  return (await sandbox.customer(id)).subscriptions[0];
}

scene('each subscription with its price, its status, and what can be done', async ({ hub }) => {
  const { host } = await hub({ customer_id: 'cus_all' });
  const frame = host.hub;
  await at(frame, 'Your subscriptions');
  strictEqual(await frame.getByRole('article').count(), 3);
  const can = (plan) => {
    const buttons = article(frame, plan).getByRole('button');
    return buttons.evaluateAll((all) => all.map((each) => `${each.textContent} = ${each.ariaLabel}`));
  };
  const change = (plan) => `Change plan = Change plan: ${plan}`;
  await showing(frame, 'Team', /Active.*\$29\.00 a month.*12 December 2099/s);
  deepStrictEqual(await can('Team'), [change('Team'), 'Pause = Pause: Team', 'Cancel = Cancel: Team']);
  await showing(frame, 'Business', /Paused.*\$79\.00 a month/s);
  deepStrictEqual(await can('Business'), [
    change('Business'),
    'Resume = Resume: Business',
    'Cancel = Cancel: Business',
  ]);
  await showing(frame, 'Starter', 'Cancelled');
  deepStrictEqual(await can('Starter'), []);
});

scene('another plan', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_plan' });
  const frame = host.hub;
  await press(frame, 'Change plan: Team');
  await at(frame, 'Choose a plan');
  await choose(frame, /^Business\b/);
  await press(frame, 'Change plan');
  await at(frame, 'Your subscriptions');
  match(await frame.getByRole('status').innerText(), /Business/);
  await showing(frame, 'Business', '$79.00');
  strictEqual((await first(sandbox, 'cus_plan')).plan.id, 'business');
});

scene('a pause', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_pause' });
  const frame = host.hub;
  await press(frame, 'Pause: Team');
  await at(frame, 'Pause Team');
  await choose(frame, '3 months');
  await press(frame, 'Pause');
  await at(frame, 'Your subscriptions');
  match(await frame.getByRole('status').innerText(), /paused/i);
  await showing(frame, 'Team', 'Paused');
  const { status, resumes_on, next_bill } = await first(sandbox, 'cus_pause');
  strictEqual(status, 'paused');
  strictEqual(next_bill > resumes_on, true);
});

scene('an end of a pause', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_resume' });
  const frame = host.hub;
  await press(frame, 'Resume: Business');
  await showing(frame, 'Business', 'Active');
  match(await frame.getByRole('status').innerText(), /Business/);
  const { status, resumes_on } = await first(sandbox, 'cus_resume');
  deepStrictEqual([status, resumes_on], ['active', null]);
});

scene(
  'cancel: the page opens the flow for just that one, and the hub shows what came of it',
  async ({ sandbox, hub }) => {
    const { id, host } = await hub({ customer_id: 'cus_cancel' });
    await press(host.hub, 'Cancel: Business');
    await cancel(host.retention, 'Business');
    await press(host.retention, 'Done');
    await host.isClosed();
    await showing(host.hub, 'Business', 'Cancelled');
    await showing(host.hub, 'Team', 'Active');
    await host.hasCalled(['onCancelled', 'onComplete']);
    const asked = (await host.heard('cancel-subscription')).map(({ from, data }) => [from, data]);
    deepStrictEqual(asked, [['subscription', { sessionId: id }]]);
    const [{ subscription_id, outcome }] = await sandbox.outcomes(id);
    deepStrictEqual([subscription_id, outcome], [subscriptionOf('cus_cancel', 1), 'cancelled']);
  },
);

scene('one after the other: kept, then cancelled, in one session', async ({ sandbox, hub }) => {
  const { id, host } = await hub({ customer_id: 'cus_back' });
  await press(host.hub, 'Cancel: Team');
  await press(host.retention, 'Keep my subscription');
  await at(host.retention, 'You keep Team');
  await press(host.retention, 'Done');
  await host.isClosed();
  await showing(host.hub, 'Team', 'Active');
  await press(host.hub, 'Cancel: Business');
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.isClosed();
  await showing(host.hub, 'Business', 'Cancelled');
  await host.hasCalled(['onRetained', 'onComplete', 'onCancelled', 'onComplete']);
  const outcomes = (await sandbox.outcomes(id)).map(({ outcome }) => outcome);
  deepStrictEqual(outcomes, ['retained', 'cancelled']);
});

scene('what is open in the hub can be left', async ({ sandbox, hub }) => {
  const before = await first(sandbox, 'cus_half');
  const { host } = await hub({ customer_id: 'cus_half' });
  const frame = host.hub;
  for (const [button, heading] of [
    ['Change plan: Team', 'Choose a plan'],
    ['Pause: Team', 'Pause Team'],
  ]) {
    await press(frame, button);
    await at(frame, heading);
    await frame
      .getByRole('link', { name: 'Back' })
      .or(frame.getByRole('button', { name: 'Back' }))
      .click();
    await at(frame, 'Your subscriptions');
  }
  deepStrictEqual(await first(sandbox, 'cus_half'), before);
});

const complaints = /ERR_FAILED/;
scene(
  'where the request for the flow is lost, it opens in the hub itself',
  { complaints },
  async ({ context, hub }) => {
    await context.route('**/subs/cancel', (route) => route.abort(), { times: 1 });
    const { host } = await hub({ customer_id: 'cus_lost' });
    await press(host.hub, 'Cancel: Team');
    await at(host.hub, 'Why do you want to cancel?');
    deepStrictEqual(await host.heard('cancel-subscription'), []);
  },
);
