// By the keyboard alone, and with the focus where a person goes on reading.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at, pressLeaving } from './steps.mjs';

const scene = scenes({
  seed: {
    customers: [customer('cus_flow', 'team', 'business'), customer('cus_offer', 'team'), customer('cus_hub', 'team')],
  },
});

const focused = (frame) => frame.locator(':focus');

/** Returns when the new page has this heading, and the focus is there. */
async function readsOn(frame, heading) {
  await at(frame, heading);
  await frame.locator('h1:focus').waitFor();
}

/** Presses Tab until the focus is on what has this role and name. */
async function tabTo(page, frame, role, name) {
  const wanted = frame.getByRole(role, { name, exact: typeof name === 'string' });
  for (let left = 30; left > 0; left--) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluateAll((found) => found.some((each) => each === each.ownerDocument.activeElement))) {
      await isSeen(focused(frame));
      return;
    }
  }
  throw new Error(`Tab does not come to ${role} ${name}`);
}

/** What has the focus shows it, or its label does. */
async function isSeen(locator) {
  const seen = await locator.evaluate((element) =>
    [element, ...(element.labels ?? [])].some((each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      return outlineStyle !== 'none' && outlineWidth !== '0px';
    }),
  );
  strictEqual(seen, true, 'the focus can be seen');
}

async function pressTab(page, frame, name) {
  await tabTo(page, frame, 'button', name);
  await pressLeaving(page, 'Enter');
}

scene('the whole flow', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_flow' });
  const { page, retention: frame } = host;
  await tabTo(page, page, 'button', 'Cancel subscription');
  await page.keyboard.press('Enter');
  await at(frame, 'Which subscription do you want to cancel?');
  await tabTo(page, frame, 'radio', /Team/);
  await page.keyboard.press('ArrowDown');
  strictEqual(await frame.getByRole('radio', { name: /Business/ }).isChecked(), true);
  await pressTab(page, frame, 'Continue');

  await readsOn(frame, 'Why do you want to cancel?');
  await tabTo(page, frame, 'radio', 'It costs too much');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  strictEqual(await frame.getByRole('radio', { name: "I don't use it enough" }).isChecked(), true);
  await tabTo(page, frame, 'textbox', 'Anything you want to tell us? (optional)');
  await page.keyboard.type('Typed');
  await pressTab(page, frame, 'Continue');

  await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  await frame.locator('h1:focus').waitFor();
  await pressTab(page, frame, 'No, continue to cancel');
  await readsOn(frame, 'Cancel Business?');
  await pressTab(page, frame, 'Cancel my subscription');
  await readsOn(frame, 'Your subscription is cancelled');
  await pressTab(page, frame, 'Done');
  await host.isClosed();
  await host.hasCalled(['onCancelled', 'onComplete']);
  const statuses = (await sandbox.customer('cus_flow')).subscriptions.map(({ status }) => status);
  deepStrictEqual(statuses, ['active', 'cancelled']);
});

scene('an offer', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_offer' });
  const { page, retention: frame } = host;
  await host.startCancelling();
  await at(frame, 'Why do you want to cancel?');
  await tabTo(page, frame, 'radio', 'It costs too much');
  await page.keyboard.press('Space');
  // Enter in a form is its first button.
  await pressLeaving(page, 'Enter');
  await frame.locator('h1:focus').waitFor();
  await pressTab(page, frame, 'Accept this offer');
  await readsOn(frame, 'You keep Team');
  strictEqual((await sandbox.customer('cus_offer')).subscriptions[0].discount.percent, 30);
});

scene('the hub', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_hub' });
  const { page, hub: frame } = host;
  await at(frame, 'Your subscriptions');
  strictEqual(await focused(frame).count(), 0, 'a frame that loads with its page leaves the focus alone');
  await pressTab(page, frame, 'Pause: Team');
  await readsOn(frame, 'Pause Team');
  await tabTo(page, frame, 'radio', /month/);
  await page.keyboard.press('ArrowDown');
  await pressTab(page, frame, 'Pause');
  await frame.getByRole('status').waitFor();
  await focused(frame).waitFor();
  await pressTab(page, frame, 'Resume: Team');
  await frame.getByRole('button', { name: 'Pause: Team' }).waitFor();
  await focused(frame).waitFor();
  strictEqual((await sandbox.customer('cus_hub')).subscriptions[0].status, 'active');
});
