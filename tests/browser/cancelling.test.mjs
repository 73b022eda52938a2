// Customers who leave, whoever they are and however they click.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer, NEXT_BILL, subscriptionOf } from './seeds.mjs';
import { at, cancel, EXPENSIVE, giveReason, press, SWITCHING } from './steps.mjs';

const names = ['leaving', 'hasty', 'by_hub', 'silent', 'without_scripts', 'twice'];
const scene = scenes({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });

function cancelled(id, more) {
  return [{ subscription_id: subscriptionOf(id), outcome: 'cancelled', comment: null, offer: null, ...more }];
}

async function isCancelled(sandbox, id) {
  const [{ status, next_bill, ends_on }] = (await sandbox.customer(id)).subscriptions;
  deepStrictEqual({ status, next_bill, ends_on }, { status: 'cancelled', next_bill: null, ends_on: NEXT_BILL });
}

scene('to the end: the page is told once of each', async ({ sandbox, cancelButton }) => {
  const { id, host } = await cancelButton({ customer_id: 'cus_leaving' });
  const frame = await host.startCancelling();
  await cancel(frame, 'Team', SWITCHING, 'To a cheaper one');
  await host.hears('on-cancelled');
  await host.hasCalled(['onCancelled']);
  await isCancelled(sandbox, 'cus_leaving');
  await press(frame, 'Done');
  await host.isClosed();
  await host.hasCalled(['onCancelled', 'onComplete']);
  const told = (await host.heard()).filter(({ type }) => type !== 'resize').map(({ type, data }) => [type, data]);
  deepStrictEqual(told, [
    ['on-cancelled', {}],
    ['close-dialog', {}],
  ]);
  const said = { reason: 'switching', comment: 'To a cheaper one' };
  deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_leaving', said));
});

scene(
  'an impatient second click changes nothing: the page hears of the first',
  async ({ sandbox, context, cancelButton }) => {
    const { id, host } = await cancelButton({ customer_id: 'cus_hasty' });
    const frame = await host.startCancelling();
    await giveReason(frame, EXPENSIVE);
    await press(frame, 'No, continue to cancel');
    await at(frame, 'Cancel Team?');
    // The sandbox has cancelled, but its answer is on the way until the second click.
    let arrived;
    const waiting = new Promise((resolve) => (arrived = resolve));
    let answerNow;
    const clickedAgain = new Promise((resolve) => (answerNow = resolve));
    await context.route('**/retention/cancel', async (route) => {
      const body = await sandbox.postToWidgets(route.request().url(), route.request().postData());
      arrived();
      await clickedAgain;
      // The request of a click that another one has replaced takes no answer.
      await route.fulfill({ body, contentType: 'text/html; charset=utf-8' }).catch(() => {});
    });
    const { x, y, width, height } = await frame.getByRole('button', { name: 'Cancel my subscription' }).boundingBox();
    const click = () => host.page.mouse.click(x + width / 2, y + height / 2);
    await click();
    await waiting;
    await click();
    answerNow();
    await at(frame, 'Your subscription is cancelled');
    await host.hears('on-cancelled');
    await press(frame, 'Done');
    await host.isClosed();
    await host.hasCalled(['onCancelled', 'onComplete']);
    deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_hasty', { reason: 'too_expensive' }));
  },
);

scene('the id of a hub opens the flow too', async ({ sandbox, host: open }) => {
  const id = await sandbox.mint('subscription', { customer_id: 'cus_by_hub' });
  const host = await open({ retention: id });
  await cancel(await host.startCancelling(), 'Team');
  await isCancelled(sandbox, 'cus_by_hub');
  deepStrictEqual(await sandbox.outcomes(id), cancelled('cus_by_hub', { reason: 'too_expensive' }));
});

scene('without a reason it does not go on', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_silent' });
  const frame = await host.startCancelling();
  await at(frame, 'Why do you want to cancel?');
  await press(frame, 'Continue');
  await frame.locator('input[type=radio]:focus').first().waitFor();
  await at(frame, 'Why do you want to cancel?');
  strictEqual((await sandbox.customer('cus_silent')).subscriptions[0].status, 'active');
});

scene('two sessions, one after the other: the second has nothing to cancel', async (scene) => {
  const { sandbox } = scene;
  const id = await sandbox.mint('retention', { customer_id: 'cus_twice' });
  const first = await scene.cancelButton({ customer_id: 'cus_twice' });
  await cancel(await first.host.startCancelling(), 'Team');
  const second = await scene.host({ retention: id });
  const frame = await second.startCancelling();
  await at(frame, 'This is settled');
  strictEqual(await frame.getByRole('button', { name: 'Continue' }).count(), 0);
  deepStrictEqual(await second.heard('on-cancelled', 'on-retained'), []);
  deepStrictEqual(await sandbox.outcomes(id), []);
});

scene('the forms do without scripts', { javaScriptEnabled: false }, async ({ sandbox, bare }) => {
  await cancel(await bare('retention', { customer_id: 'cus_without_scripts' }), 'Team');
  await isCancelled(sandbox, 'cus_without_scripts');
});
