// Text of customers and of seeds is text: it is shown as it was written, and nothing of it runs.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { scenes } from './scenes.mjs';
import { subscriptionOf } from './seeds.mjs';
import { at, cancel, EXPENSIVE, giveReason, press, TOO_MUCH } from './steps.mjs';

// What would run calls `alert`, which no scene lets pass.
const TEXTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg onload=alert(1)>",
  '</textarea></title></style><script>alert(1)</script>',
  '{{7*7}} {% include "x" %} &lt;b&gt; &amp;amp; %3Cb%3E \\u003cb\\u003e',
  'javascript:alert(1)',
  '\u202Egnihton\u202C \u2066left\u2069 \u200Fright',
];
const LONG = 'W'.repeat(10_000);
const names = [...TEXTS, LONG];

const plan = (name, at) => ({
  id: `p${at}`,
  name,
  amount: 5000 - at,
  currency: at % 2 ? 'usd' : '<b>',
  interval: 'month',
});
const customers = names.map((name, at) => ({
  id: `cus_${name}`,
  email: `${name}@example.com`,
  name,
  subscriptions: [{ id: subscriptionOf(name), plan: `p${at}` }],
}));
const talking = ['all of it', 'of ten thousand characters'].map((name) => ({
  id: `cus_talking, ${name}`,
  subscriptions: [{ id: 'sub_talking', plan: 'p0' }],
}));
const scene = scenes({ seed: { plans: names.map(plan), customers: [...customers, ...talking] } });

/** Whether the page holds this text as one, and no element that came of it. */
async function showsAsText(frame, name) {
  strictEqual(await frame.locator('img, svg, iframe, script:not([src]), style, b').count(), 0);
  const shown = await frame.locator('body').evaluate((body) => body.textContent);
  strictEqual(shown.includes(name), true, `${shown} holds ${name}`);
}

for (const [at_, name] of names.entries()) {
  scene(`a plan and a customer of the name ${name.slice(0, 50)}`, async ({ sandbox, hub, cancelButton }) => {
    const { host } = await hub({ customer_id: `cus_${name}` });
    await at(host.hub, 'Your subscriptions');
    await showsAsText(host.hub, name);
    await host.hub.getByRole('button', { name: /^Change plan/ }).click();
    await at(host.hub, 'Choose a plan');
    await showsAsText(host.hub, names[at_ > 1 ? at_ - 2 : at_ + 2]);

    const { id, host: other } = await cancelButton({
      customer_id: `cus_${name}`,
      customer_email: `${name}@example.com`,
    });
    await cancel(await other.startCancelling(), name.replaceAll(/\s+/g, ' '), EXPENSIVE, name);
    await showsAsText(other.retention, name);
    const [{ comment, subscription_id }] = await sandbox.outcomes(id);
    deepStrictEqual([comment, subscription_id], [name.slice(0, 2000), subscriptionOf(name)]);
  });
}

for (const [name, said, kept] of [
  ['all of it', TEXTS.join('\n'), TEXTS.join('\n')],
  ['of ten thousand characters', LONG, LONG.slice(0, 2000)],
]) {
  scene(`a comment goes with its customer from step to step: ${name}`, async ({ sandbox, cancelButton }) => {
    const { id, host } = await cancelButton({ customer_id: `cus_talking, ${name}` });
    const frame = await host.startCancelling();
    await giveReason(frame, TOO_MUCH, said);
    await press(frame, 'No, continue to cancel');
    await press(frame, 'Cancel my subscription');
    await at(frame, 'Your subscription is cancelled');
    const [{ comment }] = await sandbox.outcomes(id);
    strictEqual(comment.replaceAll('\r\n', '\n'), kept);
  });
}
