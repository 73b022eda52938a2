// Customers who stay: at any step, for an offer, and what is kept of it.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer, NEXT_BILL, subscriptionOf } from './seeds.mjs';
import { at, choose, EXPENSIVE, giveReason, OTHER, press, TOO_MUCH, UNUSED } from './steps.mjs';

const names = ['at_once', 'at_last', 'cheaper', 'pausing', 'changing', 'again'];
const rich = customer('cus_rich', 'starter:paused');
const scene = scenes({ seed: { customers: [...names.map((name) => customer(`cus_${name}`, 'team')), rich] } });

/** What came of a session that its customer was kept by. */
function retained(id, more) {
  const none = { reason: null, comment: null, offer: null };
  return [{ subscription_id: subscriptionOf(id), outcome: 'retained', ...none, ...more }];
}

async function endsRetained(host) {
  await host.hears('on-retained');
  await host.hasCalled(['onRetained']);
  await press(host.retention, 'Done');
  await host.isClosed();
  await host.hasCalled(['onRetained', 'onComplete']);
  strictEqual((await host.heard('on-cancelled', 'on-complete', 'catastrophic-failure')).length, 0);
}

scene('who keeps it at the first step changes nothing', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_at_once');
  const { id, host } = await cancelButton({ customer_id: 'cus_at_once' });
  const frame = await host.startCancelling();
  await at(frame, 'Why do you want to cancel?');
  await press(frame, 'Keep my subscription');
  await at(frame, 'You keep Team');
  await endsRetained(host);
  deepStrictEqual(await sandbox.customer('cus_at_once'), before);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_at_once'));
});

scene('who keeps it at the last step has said why', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_at_last');
  const { id, host } = await cancelButton({ customer_id: 'cus_at_last' });
  const frame = await host.startCancelling();
  await giveReason(frame, UNUSED, 'I was away.');
  await press(frame, 'No, continue to cancel');
  await at(frame, 'Cancel Team?');
  await press(frame, 'Keep my subscription');
  await at(frame, 'You keep Team');
  await endsRetained(host);
  deepStrictEqual(await sandbox.customer('cus_at_last'), before);
  const said = { reason: 'not_used', comment: 'I was away.' };
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_at_last', said));
});

scene('a discount', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_cheaper' });
  const frame = await host.startCancelling();
  await giveReason(frame, EXPENSIVE, 'Half of it would do');
  await press(frame, 'Accept this offer');
  await at(frame, 'You keep Team');
  await endsRetained(host);
  const [{ status, discount, next_bill }] = (await sandbox.customer('cus_cheaper')).subscriptions;
  deepStrictEqual(
    { status, discount, next_bill },
    { status: 'active', discount: { percent: 30, months: 3 }, next_bill: NEXT_BILL },
  );
  const said = { reason: 'too_expensive', comment: 'Half of it would do', offer: 'discount' };
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_cheaper', said));
});

scene('a pause of so many months', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_email: 'cus_pausing@example.com' });
  const frame = await host.startCancelling();
  await giveReason(frame, UNUSED);
  await choose(frame, '2 months');
  await press(frame, 'Accept this offer');
  await at(frame, 'You keep Team');
  await endsRetained(host);
  const [{ status, resumes_on }] = (await sandbox.customer('cus_pausing')).subscriptions;
  const months = (day) => day.getUTCFullYear() * 12 + day.getUTCMonth();
  deepStrictEqual([status, months(new Date(resumes_on)) - months(new Date())], ['paused', 2]);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_pausing', { reason: 'not_used', offer: 'pause' }));
});

scene('another plan', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_changing' });
  const frame = await host.startCancelling();
  await giveReason(frame, TOO_MUCH);
  await press(frame, 'Accept this offer');
  await at(frame, 'You keep Starter');
  await endsRetained(host);
  const [{ plan, status }] = (await sandbox.customer('cus_changing')).subscriptions;
  deepStrictEqual([plan.id, status], ['starter', 'active']);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_changing', { reason: 'too_much', offer: 'plan' }));
});

scene('who has all that is offered is asked at once', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_rich' });
  const frame = await host.startCancelling();
  await giveReason(frame, EXPENSIVE);
  await press(frame, 'Accept this offer');
  await endsRetained(host);
  const next = await cancelButton({ customer_id: 'cus_rich' });
  const other = await next.host.startCancelling();
  await giveReason(other, OTHER);
  await at(other, 'Cancel Starter?');
  deepStrictEqual(await sandbox.outcomes(next.id), []);
});

scene('a session that is settled says so, and nobody is told again', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_again' });
  await press(await host.startCancelling(), 'Keep my subscription');
  await at(host.retention, 'You keep Team');
  await endsRetained(host);
  const frame = await host.startCancelling();
  await at(frame, 'This is settled');
  match(await frame.getByRole('main').innerText(), /keep|kept/);
  await press(frame, 'Close');
  await host.isClosed();
  await host.hasCalled(['onRetained', 'onComplete', 'onComplete']);
  strictEqual((await host.heard('on-retained', 'on-cancelled')).length, 1);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_again'));
});
