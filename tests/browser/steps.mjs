// The steps of the flow, as a person takes them: by what is to be read and pressed.

import { strictEqual } from 'node:assert';

export const EXPENSIVE = 'It costs too much';
export const UNUSED = "I don't use it enough";
export const TOO_MUCH = 'I need less than it has';
export const SWITCHING = "I'm switching to something else";
export const OTHER = 'Another reason';
const COMMENT = 'Anything you want to tell us? (optional)';

/** Returns when the frame's page has this heading, the only one of its level. */
export async function at(frame, heading) {
  await frame.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  strictEqual(await frame.getByRole('heading', { level: 1 }).count(), 1);
}

export async function press(frame, name) {
  const button = frame.getByRole('button', { name, exact: true });
  // A page by itself has no owner.
  if (frame.owner) await button.evaluate(hasItsHeight);
  await button.click();
}

/**
 * Returns when the page around an element's frame has given that the height it asked for. Until then all of a dialog moves,
 * from under a click too.
 */
function hasItsHeight() {
  return new Promise((resolve) => {
    const look = () => {
      if (Math.abs(innerHeight - document.body.getBoundingClientRect().height) > 1) return;
      removeEventListener('resize', look);
      resolve();
    };
    addEventListener('resize', look);
    look();
  });
}

/**
 * Presses a key that replaces or removes the page that has the focus. Chromium never acknowledges a key that comes up while
 * that happens, so `keyboard.press` would wait forever: this waits for the key to go down only.
 */
export async function pressLeaving(page, key) {
  await page.keyboard.down(key);
  page.keyboard.up(key).catch(() => {}); // rejected when the context closes
}

export function choose(frame, name) {
  return frame.getByRole('radio', { name, exact: typeof name === 'string' }).check();
}

export async function giveReason(frame, reason, comment) {
  await at(frame, 'Why do you want to cancel?');
  await choose(frame, reason);
  if (comment !== undefined) await frame.getByRole('textbox', { name: COMMENT }).fill(comment);
  await press(frame, 'Continue');
}

/** From the reason to the end of it. */
export async function cancel(frame, plan, reason = EXPENSIVE, comment = undefined) {
  await giveReason(frame, reason, comment);
  await press(frame, 'No, continue to cancel');
  await at(frame, `Cancel ${plan}?`);
  await press(frame, 'Cancel my subscription');
  await at(frame, 'Your subscription is cancelled');
}
