// Ids that open nothing: the page is told once, and shows its own text instead.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at } from './steps.mjs';

// Chromium names each answer from 400 on in its console.
const complaints = /^console: Failed to load resource: .* status of 4\d\d/;
const scene = scenes();
const sceneOfExpired = scenes({ given: ['--session-lifetime', '0'], seed: { customers: [customer('cus_1', 'team')] } });

const sealed = (bytes) => randomBytes(bytes).toString('base64url');
const PATHS = { retention: 'retention', subscription: 'subs' };
const FORGED = {
  'one that nobody minted': (prefix) => `${prefix}_${sealed(90)}`,
  'a short one': (prefix) => `${prefix}_1`,
  'nothing but a prefix': (prefix) => `${prefix}_`,
  'an empty one': () => '',
  'one with markup': (prefix) => `${prefix}_"><img src=x onerror=alert(1)>`,
  'one of ten thousand characters': (prefix) => `${prefix}_${'A'.repeat(5000)}`,
};

async function failsInHost(host, widget) {
  await host.fallback.waitFor();
  const failures = await host.hears('catastrophic-failure');
  deepStrictEqual(
    failures.map(({ from, data }) => [from, data]),
    [[widget, { iframe: widget }]],
  );
  deepStrictEqual(await host.heard('on-retained', 'on-cancelled', 'on-complete', 'close-dialog'), []);
}

async function failsByItself(context, url, statuses) {
  const page = await context.newPage();
  const answer = await page.goto(url);
  strictEqual(statuses.includes(answer.status()), true, `${answer.status()}`);
  await at(page, 'This page cannot be opened');
  match(await page.getByRole('main').innerText(), /opened\s+\w/);
  await page.close();
}

for (const [name, forge] of Object.entries(FORGED)) {
  scene(name, { complaints }, async ({ sandbox, context, host: open }) => {
    for (const [widget, path] of Object.entries(PATHS)) {
      const id = forge(widget === 'retention' ? 'ret' : 'sub');
      await failsByItself(context, `${sandbox.widgets}/${path}?session_id=${encodeURIComponent(id)}`, [400, 404]);
      const host = await open({ [widget]: id });
      if (widget === 'retention') await host.startCancelling();
      await failsInHost(host, widget);
    }
  });
}

scene('none at all, and two of them', { complaints }, async ({ sandbox, context }) => {
  const id = await sandbox.mint('subscription', { customer_id: 'cus_any' });
  for (const path of Object.values(PATHS)) {
    await failsByItself(context, `${sandbox.widgets}/${path}`, [400]);
    await failsByItself(context, `${sandbox.widgets}/${path}?session_id=${id}&session_id=${id}`, [400]);
  }
});

scene('one of the cancel flow in the hub', { complaints }, async ({ sandbox, context, host: open }) => {
  const id = await sandbox.mint('retention', { customer_id: 'cus_any' });
  await failsByItself(context, `${sandbox.widgets}/subs?session_id=${id}`, [400]);
  await failsInHost(await open({ subscription: id }), 'subscription');
});

sceneOfExpired('one that has expired', { complaints }, async ({ sandbox, context, cancelButton, hub }) => {
  const who = { customer_id: 'cus_1' };
  const retention = await cancelButton(who);
  await retention.host.startCancelling();
  await failsInHost(retention.host, 'retention');
  await failsInHost((await hub(who)).host, 'subscription');
  await failsByItself(context, `${sandbox.widgets}/retention?session_id=${retention.id}`, [410]);
  strictEqual((await sandbox.customer('cus_1')).subscriptions[0].status, 'active');
});
