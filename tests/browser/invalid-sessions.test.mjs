// Invalid session ids: the host page receives one failure message, and shows its fallback.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { expectHeading } from './steps.mjs';

// Chromium logs each response with a status of 400 or above as an error in the console.
const expectedErrors = /^console: Failed to load resource: .* status of 4\d\d/;
const test = sandboxTest();
const testWithoutLifetime = sandboxTest({
  args: ['--session-lifetime', '0'],
  seed: { customers: [customer('cus_1', 'team')] },
});

const randomText = (bytes) => randomBytes(bytes).toString('base64url');
const PATHS = { retention: 'retention', subscription: 'subs' };
const INVALID_IDS = {
  'unknown id': (prefix) => `${prefix}_${randomText(90)}`,
  'short id': (prefix) => `${prefix}_1`,
  'prefix only': (prefix) => `${prefix}_`,
  'empty id': () => '',
  'id with markup': (prefix) => `${prefix}_"><img src=x onerror=alert(1)>`,
  'id of five thousand characters': (prefix) => `${prefix}_${'A'.repeat(5000)}`,
};

async function expectFailureInHost(host, widget) {
  await host.fallback.waitFor();
  const failures = await host.waitForMessages('catastrophic-failure');
  deepStrictEqual(
    failures.map(({ from, data }) => [from, data]),
    [[widget, { iframe: widget }]],
  );
  deepStrictEqual(await host.messages('on-retained', 'on-cancelled', 'on-complete', 'close-dialog'), []);
}

async function expectErrorPage(context, url, statuses) {
  const page = await context.newPage();
  const response = await page.goto(url);
  strictEqual(statuses.includes(response.status()), true, `${response.status()}`);
  await expectHeading(page, 'This page cannot be opened');
  match(await page.getByRole('main').innerText(), /opened\s+\w/);
  await page.close();
}

for (const [name, createId] of Object.entries(INVALID_IDS)) {
  test(`${name} is rejected`, { expectedErrors }, async ({ sandbox, context, openHost }) => {
    for (const [widget, path] of Object.entries(PATHS)) {
      const id = createId(widget === 'retention' ? 'ret' : 'sub');
      await expectErrorPage(context, `${sandbox.widgets}/${path}?session_id=${encodeURIComponent(id)}`, [400, 404]);
      const host = await openHost({ [widget]: id });
      if (widget === 'retention') await host.openCancelFlow();
      await expectFailureInHost(host, widget);
    }
  });
}

test('missing and repeated ids are rejected', { expectedErrors }, async ({ sandbox, context }) => {
  const id = await sandbox.createSession('subscription', { customer_id: 'cus_any' });
  for (const path of Object.values(PATHS)) {
    await expectErrorPage(context, `${sandbox.widgets}/${path}`, [400]);
    await expectErrorPage(context, `${sandbox.widgets}/${path}?session_id=${id}&session_id=${id}`, [400]);
  }
});

test('retention session is rejected by the hub', { expectedErrors }, async ({ sandbox, context, openHost }) => {
  const id = await sandbox.createSession('retention', { customer_id: 'cus_any' });
  await expectErrorPage(context, `${sandbox.widgets}/subs?session_id=${id}`, [400]);
  await expectFailureInHost(await openHost({ subscription: id }), 'subscription');
});

testWithoutLifetime(
  'expired session is rejected',
  { expectedErrors },
  async ({ sandbox, context, cancelButton, hub }) => {
    const customerRef = { customer_id: 'cus_1' };
    const retention = await cancelButton(customerRef);
    await retention.host.openCancelFlow();
    await expectFailureInHost(retention.host, 'retention');
    await expectFailureInHost((await hub(customerRef)).host, 'subscription');
    await expectErrorPage(context, `${sandbox.widgets}/retention?session_id=${retention.id}`, [410]);
    strictEqual((await sandbox.customer('cus_1')).subscriptions[0].status, 'active');
  },
);
