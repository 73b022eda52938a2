// Dialogs that the customer closes before a decision: nothing changes, and the host page is notified.

import { deepStrictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { cancel, EXPENSIVE, expectHeading, press, submitReason } from './steps.mjs';

const steps = {
  reason: (frame) => expectHeading(frame, 'Why do you want to cancel?'),
  offer: async (frame) => {
    await submitReason(frame, EXPENSIVE);
    await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  },
  confirm: async (frame) => {
    await submitReason(frame, EXPENSIVE);
    await press(frame, 'No, continue to cancel');
    await expectHeading(frame, 'Cancel Team?');
  },
};
const names = [...Object.keys(steps), 'escape'];
const test = sandboxTest({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });

async function expectNoEffect({ sandbox, host, id, before }) {
  await host.expectCallbacks(['onComplete']);
  const types = (await host.messages()).map(({ type }) => type).filter((type) => type !== 'resize');
  deepStrictEqual(types, []);
  deepStrictEqual(await sandbox.customer(before.id), before);
  deepStrictEqual(await sandbox.outcomes(id), []);
}

for (const [name, openStep] of Object.entries(steps)) {
  test(`dialog closed at step ${name} has no effect, and opens again at the first step`, async ({
    sandbox,
    cancelButton,
  }) => {
    const before = await sandbox.customer(`cus_${name}`);
    const { id, host } = await cancelButton({ customer_id: before.id });
    await openStep(await host.openCancelFlow());
    await host.closeDialog();
    await expectNoEffect({ sandbox, host, id, before });
    await cancel(await host.openCancelFlow(), 'Team');
    await host.expectCallbacks(['onComplete', 'onCancelled']);
  });
}

test('dialog closed with Escape has no effect', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_escape');
  const { id, host } = await cancelButton({ customer_id: 'cus_escape' });
  await expectHeading(await host.openCancelFlow(), 'Why do you want to cancel?');
  await host.page.getByRole('button', { name: 'Close', exact: true }).focus();
  await host.page.keyboard.press('Escape');
  await host.waitForClose();
  await expectNoEffect({ sandbox, host, id, before });
});
