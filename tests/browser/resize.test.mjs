// Resize messages: the height of a frame fits its content at each step and width.

import { strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { EXPENSIVE, expectHeading, press, submitReason } from './steps.mjs';

const names = ['wide', 'narrow', 'typing', 'hub', 'resizing'];
const test = sandboxTest({
  seed: {
    customers: names.map((name) => customer(`cus_${name}`, 'team', ...(name === 'hub' ? ['business', 'starter'] : []))),
  },
});

/** Waits until the height of a frame fits its content, checks the last resize message, and returns the height. */
async function expectFit(host, name) {
  const frame = host.page.frames().find((frame) => frame.name() === name);
  // The host page sets the height of the frame. A difference of one pixel is tolerated, because heights are rounded.
  await frame.waitForFunction(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const { height } = document.documentElement.getBoundingClientRect();
    return Math.abs(innerHeight - height) <= 1 && scrollWidth <= clientWidth;
  });
  const height = await frame.evaluate(() => innerHeight);
  const { from, data } = (await host.messages('resize')).filter((message) => message.from === name).at(-1);
  strictEqual(from, name);
  strictEqual(data.iframe, name);
  strictEqual(Math.abs(data.height - height) <= 1, true, `resize message: ${data.height}, frame: ${height}`);
  return height;
}

for (const [name, width] of [
  ['wide', 1000],
  ['narrow', 360],
]) {
  test(`frame fits each step at a width of ${width} pixels`, { viewport: { width, height: 900 } }, async ({
    cancelButton,
  }) => {
    const { host } = await cancelButton({ customer_id: `cus_${name}` });
    const frame = await host.openCancelFlow();
    await expectHeading(frame, 'Why do you want to cancel?');
    const first = await expectFit(host, 'retention');
    await submitReason(frame, EXPENSIVE);
    await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
    await expectFit(host, 'retention');
    await press(frame, 'No, continue to cancel');
    await expectHeading(frame, 'Cancel Team?');
    const last = await expectFit(host, 'retention');
    strictEqual(last < first, true, 'the frame shrinks too');
    await press(frame, 'Cancel my subscription');
    await expectHeading(frame, 'Your subscription is cancelled');
    await expectFit(host, 'retention');
  });
}

test('frame fits a growing and shrinking comment', async ({ cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_typing' });
  const frame = await host.openCancelFlow();
  await expectHeading(frame, 'Why do you want to cancel?');
  const before = await expectFit(host, 'retention');
  const area = frame.getByRole('textbox');
  await area.fill('line\n'.repeat(20));
  await host.page.waitForFunction(
    (before) => messages.some(({ type, data }) => type === 'resize' && data.height > before + 50),
    before,
  );
  strictEqual((await expectFit(host, 'retention')) > before + 50, true);
  await area.fill('');
  const hasShrunk = (before) => messages.filter(({ type }) => type === 'resize').at(-1).data.height === before;
  await host.page.waitForFunction(hasShrunk, before);
  strictEqual(await expectFit(host, 'retention'), before);
});

test('frame fits a window that becomes narrow and wide again', async ({ cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_resizing' });
  const frame = await host.openCancelFlow();
  await submitReason(frame, EXPENSIVE);
  await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  const wide = await expectFit(host, 'retention');
  await host.page.setViewportSize({ width: 320, height: 900 });
  await host.page.waitForFunction((wide) => messages.at(-1).data.height > wide, wide);
  strictEqual((await expectFit(host, 'retention')) > wide, true);
  await host.page.setViewportSize({ width: 1000, height: 900 });
  await host.page.waitForFunction((wide) => messages.at(-1).data.height === wide, wide);
  strictEqual(await expectFit(host, 'retention'), wide);
});

test('frame fits the SubscriptionHub', async ({ hub }) => {
  const { host } = await hub({ customer_id: 'cus_hub' });
  const frame = host.hub;
  await expectHeading(frame, 'Your subscriptions');
  const wide = await expectFit(host, 'subscription');
  await press(frame, 'Pause: Team');
  await expectHeading(frame, 'Pause Team');
  strictEqual((await expectFit(host, 'subscription')) < wide, true);
  await press(frame, 'Pause');
  await frame.getByRole('status').waitFor();
  await expectFit(host, 'subscription');
  await host.page.setViewportSize({ width: 360, height: 900 });
  await host.page.waitForFunction((wide) => messages.at(-1).data.height > wide, wide);
  await expectFit(host, 'subscription');
});
