// Cancel flows that end with a retained subscription: at each step, and with each offer.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, NEXT_BILL, subscriptionOf } from './seeds.mjs';
import { choose, EXPENSIVE, expectHeading, OTHER, press, submitReason, TOO_MUCH, UNUSED } from './steps.mjs';

const names = ['at_once', 'at_last', 'cheaper', 'pausing', 'changing', 'again'];
const withoutOffers = customer('cus_without_offers', 'starter:paused');
const test = sandboxTest({
  seed: { customers: [...names.map((name) => customer(`cus_${name}`, 'team')), withoutOffers] },
});

/** Returns the expected outcomes of a retained subscription. */
function retained(id, fields) {
  const empty = { reason: null, comment: null, offer: null };
  return [{ subscription_id: subscriptionOf(id), outcome: 'retained', ...empty, ...fields }];
}

async function expectRetained(host) {
  await host.waitForMessages('on-retained');
  await host.expectCallbacks(['onRetained']);
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onRetained', 'onComplete']);
  strictEqual((await host.messages('on-cancelled', 'on-complete', 'catastrophic-failure')).length, 0);
}

test('subscription kept at the first step does not change', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_at_once');
  const { id, host } = await cancelButton({ customer_id: 'cus_at_once' });
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Why do you want to cancel?');
  await press(frame, 'Keep my subscription');
  await expectHeading(frame, 'You keep Team');
  await expectRetained(host);
  deepStrictEqual(await sandbox.customer('cus_at_once'), before);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_at_once'));
});

test('subscription kept at the last step has an outcome with a reason', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_at_last');
  const { id, host } = await cancelButton({ customer_id: 'cus_at_last' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, UNUSED, 'I was away.');
  await press(frame, 'No, continue to cancel');
  await expectHeading(frame, 'Cancel Team?');
  await press(frame, 'Keep my subscription');
  await expectHeading(frame, 'You keep Team');
  await expectRetained(host);
  deepStrictEqual(await sandbox.customer('cus_at_last'), before);
  const fields = { reason: 'not_used', comment: 'I was away.' };
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_at_last', fields));
});

test('discount is accepted', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_cheaper' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, EXPENSIVE, 'Half of it is enough');
  await press(frame, 'Accept this offer');
  await expectHeading(frame, 'You keep Team');
  await expectRetained(host);
  const [{ status, discount, next_bill }] = (await sandbox.customer('cus_cheaper')).subscriptions;
  deepStrictEqual(
    { status, discount, next_bill },
    { status: 'active', discount: { percent: 30, months: 3 }, next_bill: NEXT_BILL },
  );
  const fields = { reason: 'too_expensive', comment: 'Half of it is enough', offer: 'discount' };
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_cheaper', fields));
});

test('pause is accepted for the selected months', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_email: 'cus_pausing@example.com' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, UNUSED);
  await choose(frame, '2 months');
  await press(frame, 'Accept this offer');
  await expectHeading(frame, 'You keep Team');
  await expectRetained(host);
  const [{ status, resumes_on }] = (await sandbox.customer('cus_pausing')).subscriptions;
  const months = (day) => day.getUTCFullYear() * 12 + day.getUTCMonth();
  deepStrictEqual([status, months(new Date(resumes_on)) - months(new Date())], ['paused', 2]);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_pausing', { reason: 'not_used', offer: 'pause' }));
});

test('other plan is accepted', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_changing' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, TOO_MUCH);
  await press(frame, 'Accept this offer');
  await expectHeading(frame, 'You keep Starter');
  await expectRetained(host);
  const [{ plan, status }] = (await sandbox.customer('cus_changing')).subscriptions;
  deepStrictEqual([plan.id, status], ['starter', 'active']);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_changing', { reason: 'too_much', offer: 'plan' }));
});

test('confirmation follows the reason if no offer is left', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_without_offers' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, EXPENSIVE);
  await press(frame, 'Accept this offer');
  await expectRetained(host);
  const next = await cancelButton({ customer_id: 'cus_without_offers' });
  const other = await next.host.openCancelFlow();
  await submitReason(other, OTHER);
  await expectHeading(other, 'Cancel Starter?');
  deepStrictEqual(await sandbox.outcomes(next.id), []);
});

test('decided session shows the decision and sends no further message', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_again' });
  await press(await host.openCancelFlow(), 'Keep my subscription');
  await expectHeading(host.retention, 'You keep Team');
  await expectRetained(host);
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Already decided');
  match(await frame.getByRole('main').innerText(), /keep|kept/);
  await press(frame, 'Close');
  await host.waitForClose();
  await host.expectCallbacks(['onRetained', 'onComplete', 'onComplete']);
  strictEqual((await host.messages('on-retained', 'on-cancelled')).length, 1);
  deepStrictEqual(await sandbox.outcomes(id), retained('cus_again'));
});
