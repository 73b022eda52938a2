// Texts of customers and seeds are escaped.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { subscriptionOf } from './seeds.mjs';
import { cancel, EXPENSIVE, expectHeading, follow, press, submitReason, TOO_MUCH } from './steps.mjs';

// If a page does not escape a text with a script, the browser runs the script, which calls `alert`. The test then
// fails.
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

const plan = (name, index) => ({
  id: `p${index}`,
  name,
  amount: 5000 - index,
  currency: index % 2 ? 'usd' : '<b>',
  interval: 'month',
});
const customers = names.map((name, index) => ({
  id: `cus_${name}`,
  email: `${name}@example.com`,
  name,
  subscriptions: [{ id: subscriptionOf(name), plan: `p${index}` }],
}));
const commenting = ['markup', 'ten thousand characters'].map((name) => ({
  id: `cus_commenting, ${name}`,
  subscriptions: [{ id: 'sub_commenting', plan: 'p0' }],
}));
const test = sandboxTest({ seed: { plans: names.map(plan), customers: [...customers, ...commenting] } });

/** Checks that the page contains this text, and no elements that the text could create. */
async function expectText(frame, name) {
  strictEqual(await frame.locator('img, svg, iframe, script:not([src]), style, b').count(), 0);
  const text = await frame.locator('body').evaluate((body) => body.textContent);
  strictEqual(text.includes(name), true, `${text} contains ${name}`);
}

for (const [index, name] of names.entries()) {
  test(`names of plans and customers are escaped: ${name.slice(0, 50)}`, async ({ sandbox, hub, cancelButton }) => {
    const { host } = await hub({ customer_id: `cus_${name}` });
    await expectHeading(host.hub, 'Your subscriptions');
    await expectText(host.hub, name);
    await host.hub.getByRole('button', { name: /^Change plan/ }).click();
    await expectHeading(host.hub, 'Choose a plan');
    await expectText(host.hub, names[index > 1 ? index - 2 : index + 2]);
    await follow(host.hub, 'Back');
    await follow(host.hub, 'Invoices');
    await expectHeading(host.hub, 'Invoices');
    await expectText(host.hub, name);

    const { id, host: cancelHost } = await cancelButton({
      customer_id: `cus_${name}`,
      customer_email: `${name}@example.com`,
    });
    await cancel(await cancelHost.openCancelFlow(), name.replaceAll(/\s+/g, ' '), EXPENSIVE, name);
    await expectText(cancelHost.retention, name);
    const [{ comment, subscription_id }] = await sandbox.outcomes(id);
    deepStrictEqual([comment, subscription_id], [name.slice(0, 2000), subscriptionOf(name)]);
  });
}

for (const [name, comment, stored] of [
  ['markup', TEXTS.join('\n'), TEXTS.join('\n')],
  ['ten thousand characters', LONG, LONG.slice(0, 2000)],
]) {
  test(`comment is preserved through the steps: ${name}`, async ({ sandbox, cancelButton }) => {
    const { id, host } = await cancelButton({ customer_id: `cus_commenting, ${name}` });
    const frame = await host.openCancelFlow();
    await submitReason(frame, TOO_MUCH, comment);
    await press(frame, 'No, continue to cancel');
    await press(frame, 'Cancel my subscription');
    await expectHeading(frame, 'Your subscription is cancelled');
    const [outcome] = await sandbox.outcomes(id);
    strictEqual(outcome.comment.replaceAll('\r\n', '\n'), stored);
  });
}
