// A dialog that is closed half way: nothing has happened, and the page knows that it is over.

import { deepStrictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at, cancel, EXPENSIVE, giveReason, press } from './steps.mjs';

const steps = {
  reason: (frame) => at(frame, 'Why do you want to cancel?'),
  offer: async (frame) => {
    await giveReason(frame, EXPENSIVE);
    await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  },
  confirm: async (frame) => {
    await giveReason(frame, EXPENSIVE);
    await press(frame, 'No, continue to cancel');
    await at(frame, 'Cancel Team?');
  },
};
const names = [...Object.keys(steps), 'escape'];
const scene = scenes({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });

async function nothingHappened({ sandbox, host, id, before }, times = 1) {
  await host.hasCalled(Array(times).fill('onComplete'));
  const told = (await host.heard()).map(({ type }) => type).filter((type) => type !== 'resize');
  deepStrictEqual(told, []);
  deepStrictEqual(await sandbox.customer(before.id), before);
  deepStrictEqual(await sandbox.outcomes(id), []);
}

for (const [name, reach] of Object.entries(steps)) {
  scene(`at the step ${name}; the next time it begins anew`, async ({ sandbox, cancelButton }) => {
    const before = await sandbox.customer(`cus_${name}`);
    const { id, host } = await cancelButton({ customer_id: before.id });
    await reach(await host.startCancelling());
    await host.closeDialog();
    await nothingHappened({ sandbox, host, id, before });
    await cancel(await host.startCancelling(), 'Team');
    await host.hasCalled(['onComplete', 'onCancelled']);
  });
}

scene('by Escape', async ({ sandbox, cancelButton }) => {
  const before = await sandbox.customer('cus_escape');
  const { id, host } = await cancelButton({ customer_id: 'cus_escape' });
  await at(await host.startCancelling(), 'Why do you want to cancel?');
  await host.page.getByRole('button', { name: 'Close', exact: true }).focus();
  await host.page.keyboard.press('Escape');
  await host.isClosed();
  await nothingHappened({ sandbox, host, id, before });
});
