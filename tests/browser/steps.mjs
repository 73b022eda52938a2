// Steps of the cancel flow, by the visible texts of its pages.

import { strictEqual } from 'node:assert';

export const EXPENSIVE = 'It costs too much';
export const UNUSED = "I don't use it enough";
export const TOO_MUCH = 'I need less than it has';
export const SWITCHING = "I'm switching to something else";
export const OTHER = 'Another reason';
const COMMENT = 'Anything you want to tell us? (optional)';

/** Waits for a page with this heading. The heading must be the only `h1` of the page. */
export async function expectHeading(frame, heading) {
  await frame.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  strictEqual(await frame.getByRole('heading', { level: 1 }).count(), 1);
}

/** Presses a button as soon as the button's frame has its final height and has run its script. */
export function press(frame, name) {
  return clickAtFinalHeight(frame, frame.getByRole('button', { name, exact: true }));
}

/** Follows a link as soon as the link's frame has its final height. */
export function follow(frame, name) {
  return clickAtFinalHeight(frame, frame.getByRole('link', { name, exact: true }));
}

async function clickAtFinalHeight(frame, element) {
  // Only a frame locator has `owner`. If `frame` is a page outside a frame, there is no height to wait for.
  if (frame.owner) {
    await element.evaluate(waitForLoad);
    await element.evaluate(waitForHeight);
  }
  await element.click();
}

/** Runs in a frame, and waits until it has loaded. Before, the page is visible, but its script may not handle clicks yet. */
function waitForLoad() {
  return new Promise((resolve) => {
    if (document.readyState === 'complete') resolve();
    else addEventListener('load', resolve, { once: true });
  });
}

/**
 * Runs in a frame, and waits until the host page has set the height that the frame has requested. Until then, the
 * dialog can move, and a click could miss the button.
 */
function waitForHeight() {
  return new Promise((resolve) => {
    const check = () => {
      if (Math.abs(innerHeight - document.body.getBoundingClientRect().height) > 1) return;
      removeEventListener('resize', check);
      resolve();
    };
    addEventListener('resize', check);
    check();
  });
}

/**
 * Presses a key that replaces or removes the focused page. If the key is released while the page disappears, Chromium
 * does not acknowledge the release, and `keyboard.press` would wait forever. Therefore, this function waits only until
 * the key is down.
 */
export async function pressNavigationKey(page, key) {
  await page.keyboard.down(key);
  page.keyboard.up(key).catch(() => {}); // the promise is rejected when the context closes
}

export function choose(frame, name) {
  return frame.getByRole('radio', { name, exact: typeof name === 'string' }).check();
}

export async function submitReason(frame, reason, comment) {
  await expectHeading(frame, 'Why do you want to cancel?');
  await choose(frame, reason);
  if (comment !== undefined) await frame.getByRole('textbox', { name: COMMENT }).fill(comment);
  await press(frame, 'Continue');
}

/** Enters a card on the page for the payment method, and saves it. */
export async function enterCard(frame, number, expiry) {
  await expectHeading(frame, 'Payment method');
  await frame.getByRole('textbox', { name: 'Card number' }).fill(number);
  await frame.getByRole('textbox', { name: 'Expiry date (MM/YY)' }).fill(expiry);
  await press(frame, 'Save');
}

/** Enters a promo code on the page for it, and redeems it. */
export async function redeem(frame, code) {
  await frame.getByRole('textbox', { name: 'Promo code' }).fill(code);
  await press(frame, 'Redeem');
}

/** Completes the flow from the reason to the cancellation. */
export async function cancel(frame, plan, reason = EXPENSIVE, comment = undefined) {
  await submitReason(frame, reason, comment);
  await press(frame, 'No, continue to cancel');
  await expectHeading(frame, `Cancel ${plan}?`);
  await press(frame, 'Cancel my subscription');
  await expectHeading(frame, 'Your subscription is cancelled');
}
