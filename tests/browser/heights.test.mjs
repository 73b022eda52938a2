// The frame is as high as what it shows, at each step and width, so that nothing in it scrolls and nothing is empty.

import { strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at, EXPENSIVE, giveReason, press } from './steps.mjs';

const names = ['wide', 'narrow', 'typing', 'hub', 'turning'];
const scene = scenes({
  seed: {
    customers: names.map((name) => customer(`cus_${name}`, 'team', ...(name === 'hub' ? ['business', 'starter'] : []))),
  },
});

/** Returns when the frame of this name fits; the widget has said so by its own messages. */
async function fits(host, name) {
  const frame = host.page.frames().find((each) => each.name() === name);
  // The window is what the page has made of the messages. A pixel is for rounding.
  await frame.waitForFunction(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const { height } = document.documentElement.getBoundingClientRect();
    return Math.abs(innerHeight - height) <= 1 && scrollWidth <= clientWidth;
  });
  const height = await frame.evaluate(() => innerHeight);
  const { from, data } = (await host.heard('resize')).filter((message) => message.from === name).at(-1);
  strictEqual(from, name);
  strictEqual(data.iframe, name);
  strictEqual(Math.abs(data.height - height) <= 1, true, `${data.height} is ${height}`);
  return height;
}

for (const [name, width] of [
  ['wide', 1000],
  ['narrow', 360],
]) {
  scene(`at each step, ${width} pixels wide`, { viewport: { width, height: 900 } }, async ({ cancelButton }) => {
    const { host } = await cancelButton({ customer_id: `cus_${name}` });
    const frame = await host.startCancelling();
    await at(frame, 'Why do you want to cancel?');
    const first = await fits(host, 'retention');
    await giveReason(frame, EXPENSIVE);
    await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
    await fits(host, 'retention');
    await press(frame, 'No, continue to cancel');
    await at(frame, 'Cancel Team?');
    const last = await fits(host, 'retention');
    strictEqual(last < first, true, 'it shrinks too');
    await press(frame, 'Cancel my subscription');
    await at(frame, 'Your subscription is cancelled');
    await fits(host, 'retention');
  });
}

scene('while a customer types', async ({ cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_typing' });
  const frame = await host.startCancelling();
  await at(frame, 'Why do you want to cancel?');
  const before = await fits(host, 'retention');
  const area = frame.getByRole('textbox');
  await area.fill('line\n'.repeat(20));
  await host.page.waitForFunction(
    (before) => heard.some(({ type, data }) => type === 'resize' && data.height > before + 50),
    before,
  );
  strictEqual((await fits(host, 'retention')) > before + 50, true);
  await area.fill('');
  const shrunk = (before) => heard.filter(({ type }) => type === 'resize').at(-1).data.height === before;
  await host.page.waitForFunction(shrunk, before);
  strictEqual(await fits(host, 'retention'), before);
});

scene('while a window is made narrow and wide again', async ({ cancelButton }) => {
  const { host } = await cancelButton({ customer_id: 'cus_turning' });
  const frame = await host.startCancelling();
  await giveReason(frame, EXPENSIVE);
  await frame.getByRole('button', { name: 'Accept this offer' }).waitFor();
  const wide = await fits(host, 'retention');
  await host.page.setViewportSize({ width: 320, height: 900 });
  await host.page.waitForFunction((wide) => heard.at(-1).data.height > wide, wide);
  strictEqual((await fits(host, 'retention')) > wide, true);
  await host.page.setViewportSize({ width: 1000, height: 900 });
  await host.page.waitForFunction((wide) => heard.at(-1).data.height === wide, wide);
  strictEqual(await fits(host, 'retention'), wide);
});

scene('in the hub', async ({ hub }) => {
  const { host } = await hub({ customer_id: 'cus_hub' });
  const frame = host.hub;
  await at(frame, 'Your subscriptions');
  const wide = await fits(host, 'subscription');
  await press(frame, 'Pause: Team');
  await at(frame, 'Pause Team');
  strictEqual((await fits(host, 'subscription')) < wide, true);
  await press(frame, 'Pause');
  await frame.getByRole('status').waitFor();
  await fits(host, 'subscription');
  await host.page.setViewportSize({ width: 360, height: 900 });
  await host.page.waitForFunction((wide) => heard.at(-1).data.height > wide, wide);
  await fits(host, 'subscription');
});
