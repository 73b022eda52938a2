// Keyboard operation and focus.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { expectHeading, pressNavigationKey } from './steps.mjs';

const test = sandboxTest({
  seed: {
    customers: [customer('cus_flow', 'team', 'business'), customer('cus_offer', 'team'), customer('cus_hub', 'team')],
  },
});

const focused = (frame) => frame.locator(':focus');

/** Waits until a page with this heading is shown and the heading has the focus. */
async function expectFocusedHeading(frame, heading) {
  await expectHeading(frame, heading);
  await frame.locator('h1:focus').waitFor();
}

/** Presses Tab until the element with this role and name has the focus. */
async function tabTo(page, frame, role, name) {
  const target = frame.getByRole(role, { name, exact: typeof name === 'string' });
  for (let left = 30; left > 0; left--) {
    await page.keyboard.press('Tab');
    if (await target.evaluateAll((found) => found.some((element) => element === element.ownerDocument.activeElement))) {
      await expectVisibleFocus(focused(frame));
      return;
    }
  }
  throw new Error(`Tab does not reach ${role} ${name}`);
}

/** Checks that the focused element or its label has an outline. */
async function expectVisibleFocus(locator) {
  const visible = await locator.evaluate((element) =>
    [element, ...(element.labels ?? [])].some((candidate) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(candidate);
      return outlineStyle !== 'none' && outlineWidth !== '0px';
    }),
  );
  strictEqual(visible, true, 'the focus is visible');
}

async function tabToAndPress(page, frame, name) {
  await tabTo(page, frame, 'button', name);
  await pressNavigationKey(page, 'Enter');
}

test('cancel flow is operated with the keyboard', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_flow' });
  const { page, retention: frame } = host;
  await tabTo(page, page, 'button', 'Cancel subscription');
  await page.keyboard.press('Enter');
  await expectHeading(frame, 'Which subscription do you want to cancel?');
  await tabTo(page, frame, 'radio', /Team/);
  await page.keyboard.press('ArrowDown');
  strictEqual(await frame.getByRole('radio', { name: /Business/ }).isChecked(), true);
  await tabToAndPress(page, frame, 'Continue');

  await expectFocusedHeading(frame, 'Why do you want to cancel?');
  await tabTo(page, frame, 'radio', 'It costs too much');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  strictEqual(await frame.getByRole('radio', { name: "I don't use it enough" }).isChecked(), true);
  await tabTo(page, frame, 'textbox', 'Anything you want to tell us? (optional)');
  await page.keyboard.type('Typed');
  await tabToAndPress(page, frame, 'Continue');

  await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  await frame.locator('h1:focus').waitFor();
  await tabToAndPress(page, frame, 'No, continue to cancel');
  await expectFocusedHeading(frame, 'Cancel Business?');
  await tabToAndPress(page, frame, 'Cancel my subscription');
  await expectFocusedHeading(frame, 'Your subscription is cancelled');
  await tabToAndPress(page, frame, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onCancelled', 'onComplete']);
  const statuses = (await sandbox.customer('cus_flow')).subscriptions.map(({ status }) => status);
  deepStrictEqual(statuses, ['active', 'cancelled']);
});

test('offer is accepted with the keyboard', async ({ sandbox, cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_offer' });
  const { page, retention: frame } = host;
  await host.openCancelFlow();
  await expectHeading(frame, 'Why do you want to cancel?');
  await tabTo(page, frame, 'radio', 'It costs too much');
  await page.keyboard.press('Space');
  // In a form, the Enter key presses the form's first button.
  await pressNavigationKey(page, 'Enter');
  await frame.locator('h1:focus').waitFor();
  await tabToAndPress(page, frame, 'Accept this offer');
  await expectFocusedHeading(frame, 'You keep Team');
  strictEqual((await sandbox.customer('cus_offer')).subscriptions[0].discount.percent, 30);
});

test('hub is operated with the keyboard', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_hub' });
  const { page, hub: frame } = host;
  await expectHeading(frame, 'Your subscriptions');
  strictEqual(await focused(frame).count(), 0, 'a frame that loads with its page does not take the focus');
  await tabToAndPress(page, frame, 'Pause: Team');
  await expectFocusedHeading(frame, 'Pause Team');
  await tabTo(page, frame, 'radio', /month/);
  await page.keyboard.press('ArrowDown');
  await tabToAndPress(page, frame, 'Pause');
  await frame.getByRole('status').waitFor();
  await focused(frame).waitFor();
  await tabToAndPress(page, frame, 'Resume: Team');
  await frame.getByRole('button', { name: 'Pause: Team' }).waitFor();
  await focused(frame).waitFor();
  strictEqual((await sandbox.customer('cus_hub')).subscriptions[0].status, 'active');
});
