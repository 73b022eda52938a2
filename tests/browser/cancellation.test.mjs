// Cancel flows that end with a cancellation.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer, NEXT_BILL, subscriptionOf } from './seeds.mjs';
import { cancel, EXPENSIVE, expectHeading, press, SWITCHING, submitReason } from './steps.mjs';

const names = ['leaving', 'hasty', 'by_hub', 'silent', 'without_scripts', 'twice'];
const test = sandboxTest({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });

/** Returns the expected outcomes of a cancellation. */
function cancelled(id, fields) {
  return [{ subscription_id: subscriptionOf(id), outcome: 'cancelled', comment: null, offer: null, ...fields }];
}

async function expectCancelled(sandbox, id) {
  const [{ status, next_bill, ends_on }] = (await sandbox.customer(id)).subscriptions;
  deepStrictEqual({ status, next_bill, ends_on }, { status: 'cancelled', next_bill: null, ends_on: NEXT_BILL });
}

test('completed cancellation sends each message once', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_leaving' });
  const frame = await host.openCancelFlow();
  await cancel(frame, 'Team', SWITCHING, 'To a cheaper one');
  await host.waitForMessages('on-cancelled');
  await host.expectCallbacks(['onCancelled']);
  await expectCancelled(sandbox, 'cus_leaving');
  await press(frame, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onCancelled', 'onComplete']);
  const messages = (await host.messages())
    .filter(({ type }) => type !== 'resize')
    .map(({ type, data }) => [type, data]);
  deepStrictEqual(messages, [
    ['on-cancelled', {}],
    ['close-dialog', {}],
  ]);
  const fields = { reason: 'switching', comment: 'To a cheaper one' };
  deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_leaving', fields));
});

test('second click on cancel is ignored', async ({ sandbox, context, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_hasty' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, EXPENSIVE);
  await press(frame, 'No, continue to cancel');
  await expectHeading(frame, 'Cancel Team?');
  // Delay the response to the first click until the second click.
  let markRequested;
  const requested = new Promise((resolve) => (markRequested = resolve));
  let markClicked;
  const clickedAgain = new Promise((resolve) => (markClicked = resolve));
  await context.route('**/retention/cancel', async (route) => {
    const body = await sandbox.postToWidgets(route.request().url(), route.request().postData());
    markRequested();
    await clickedAgain;
    // If the second click has wrongly replaced the first request, `fulfill` fails, because that request no longer
    // exists.
    await route.fulfill({ body, contentType: 'text/html; charset=utf-8' }).catch(() => {});
  });
  const { x, y, width, height } = await frame.getByRole('button', { name: 'Cancel my subscription' }).boundingBox();
  const click = () => host.page.mouse.click(x + width / 2, y + height / 2);
  await click();
  await requested;
  await click();
  markClicked();
  await expectHeading(frame, 'Your subscription is cancelled');
  await host.waitForMessages('on-cancelled');
  await press(frame, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onCancelled', 'onComplete']);
  deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_hasty', { reason: 'too_expensive' }));
});

test('subscription session opens the cancel flow', async ({ sandbox, openHost }) => {
  const id = await sandbox.createSession('subscription', { customer_id: 'cus_by_hub' });
  const host = await openHost({ retention: id });
  await cancel(await host.openCancelFlow(), 'Team');
  await expectCancelled(sandbox, 'cus_by_hub');
  deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_by_hub', { reason: 'too_expensive' }));
});

test('reason is required to continue', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_silent' });
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Why do you want to cancel?');
  await press(frame, 'Continue');
  await frame.locator('input[type=radio]:focus').first().waitFor();
  await expectHeading(frame, 'Why do you want to cancel?');
  strictEqual((await sandbox.customer('cus_silent')).subscriptions[0].status, 'active');
});

test('second session of a cancelled customer has nothing to cancel', async (fixture) => {
  const { sandbox } = fixture;
  const id = await sandbox.createSession('retention', { customer_id: 'cus_twice' });
  const first = await fixture.cancelButton({ customer_id: 'cus_twice' });
  await cancel(await first.host.openCancelFlow(), 'Team');
  const second = await fixture.openHost({ retention: id });
  const frame = await second.openCancelFlow();
  await expectHeading(frame, 'Already decided');
  strictEqual(await frame.getByRole('button', { name: 'Continue' }).count(), 0);
  deepStrictEqual(await second.messages('on-cancelled', 'on-retained'), []);
  deepStrictEqual(await sandbox.outcomes(id), []);
});

test('forms work without JavaScript', { javaScriptEnabled: false }, async ({ sandbox, openWidget }) => {
  await cancel(await openWidget('retention', { customer_id: 'cus_without_scripts' }), 'Team');
  await expectCancelled(sandbox, 'cus_without_scripts');
});
