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

export function press(frame, name) {
  return frame.getByRole('button', { name, exact: true }).click();
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
