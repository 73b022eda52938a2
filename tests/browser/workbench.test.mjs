// The workbench: what a person does there, what comes while it comes, and the way from there to the widgets.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { FOREIGN } from './chromium.mjs';
import { looksWell } from './looks.mjs';
import { scenes } from './scenes.mjs';
import { at, cancel, press } from './steps.mjs';

const scene = scenes();

/** The workbench, once it listens; a start that nothing else has left. */
async function workbench({ sandbox, context }) {
  await sandbox.reset();
  const page = await context.newPage();
  await page.goto(sandbox.url);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  return page;
}

const region = (page, name) => page.getByRole('region', { name, exact: typeof name === 'string' });
const entries = (page, name, text) => region(page, name).getByRole('listitem').filter({ hasText: text });

async function mint(page, kind, customer) {
  await page.getByRole('radio', { name: kind }).check();
  await page.getByRole('textbox', { name: 'Customer id' }).fill(customer);
  await press(page, 'Mint session');
}

scene('its form mints, and what it sent is seen with its key masked', async (scene) => {
  const page = await workbench(scene);
  await mint(page, /^Retention/, 'cus_minted');
  await region(page, 'Mint a session')
    .getByText(/"id":\s*"ret_/)
    .waitFor();
  await entries(page, /^Sessions/, 'cus_minted').waitFor();
  const request = entries(page, /^Requests/, 'POST /v1/retention/session');
  await request.locator('summary').click();
  const exchange = request.locator('.exchange');
  await exchange.getByText('"customer_id":"cus_minted"').waitFor();
  const text = await exchange.innerText();
  match(text, /x-brand-key: \S+/);
  match(text, /^200$/m);
  strictEqual(text.includes(scene.sandbox.key), false, 'the key is not in it');
});

scene('what a backend mints comes by itself, the newest first, and goes with a reset', async (scene) => {
  const page = await workbench(scene);
  for (const customer_id of ['cus_earlier', 'cus_later']) {
    await scene.sandbox.mint('subscription', { customer_id });
    await entries(page, /^Sessions/, customer_id).waitFor();
  }
  const order = await region(page, /^Sessions/)
    .getByRole('listitem')
    .allInnerTexts();
  deepStrictEqual(
    order.map((text) => /cus_\w+/.exec(text)[0]),
    ['cus_later', 'cus_earlier'],
  );
  await press(page, 'Forget all');
  await entries(page, /^Sessions/, 'cus_later').waitFor({ state: 'detached' });
  strictEqual(
    await region(page, /^Requests/)
      .getByRole('listitem')
      .count(),
    0,
  );
});

const complaints = /status of 4\d\d/;
scene('a magic customer fills the form, and its error is shown', { complaints }, async (scene) => {
  const page = await workbench(scene);
  await press(page, 'cus_not_found');
  strictEqual(await page.getByRole('textbox', { name: 'Customer id' }).inputValue(), 'cus_not_found');
  await page.keyboard.press('Enter');
  await region(page, 'Mint a session').getByText('Customer not found').waitFor();
  await entries(page, /^Requests/, '404').waitFor();
});

scene('from the session to the widget, and back to what came of it', async (scene) => {
  const page = await workbench(scene);
  await mint(page, /^Retention/, 'cus_from_workbench');
  const [plan] = (await scene.sandbox.customer('cus_from_workbench')).subscriptions.map((each) => each.plan.name);
  const opened = scene.context.waitForEvent('page');
  await entries(page, /^Sessions/, 'cus_from_workbench')
    .getByRole('link', { name: /^Open/ })
    .click();
  const host = await opened;
  await press(host, 'Cancel subscription');
  const frame = host.frameLocator('dialog iframe');
  await cancel(frame, plan);
  await press(frame, 'Done');
  await host.locator('dialog').waitFor({ state: 'detached' });
  const log = host.getByRole('log').getByRole('listitem');
  const named = async () => (await log.locator('strong').allInnerTexts()).filter((name) => name !== 'resize');
  deepStrictEqual(await named(), ['on-cancelled', 'onCancelled', 'close-dialog', 'onComplete']);
  await page.bringToFront();
  await entries(page, /^Sessions/, 'cus_from_workbench')
    .getByText(/^cancelled/)
    .waitFor();
});

scene('its host page has the hub too, which the flow comes from and leads back to', async ({ sandbox, context }) => {
  const id = await sandbox.mint('subscription', { customer_id: 'cus_of_hub' });
  const [{ plan }] = (await sandbox.customer('cus_of_hub')).subscriptions;
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/_sandbox/host?subscription=${id}`);
  const hub = page.frameLocator('#hub iframe');
  await press(hub, `Cancel: ${plan.name}`);
  const frame = page.frameLocator('dialog iframe');
  await cancel(frame, plan.name);
  await press(frame, 'Done');
  await hub.getByRole('article', { name: plan.name }).filter({ hasText: 'Cancelled' }).waitFor();
});

scene('what a client sent is text', async (scene) => {
  const page = await workbench(scene);
  const name = '<img src=x onerror=alert(1)><script>alert(1)</script>';
  await scene.sandbox.mint('retention', { customer_id: name, customer_email: `${name}@example.com` });
  const request = entries(page, /^Requests/, 'POST');
  await entries(page, /^Sessions/, name).waitFor();
  await request.locator('summary').click();
  await request.getByText(name).first().waitFor();
  strictEqual(await page.locator('main img, main script').count(), 0);
});

scene('it looks well with all that comes, and empty', { complaints }, async (scene) => {
  const page = await workbench(scene);
  await looksWell(page, 'workbench-empty');
  await press(page, 'cus_not_found');
  await page.keyboard.press('Enter');
  await mint(page, /^Subscription/, `cus_${'long'.repeat(40)}`);
  await entries(page, /^Sessions/, 'cus_long').waitFor();
  await entries(page, /^Requests/, '200')
    .locator('summary')
    .click();
  await entries(page, /^Requests/, '200')
    .getByText('customer_id')
    .waitFor();
  await looksWell(page, 'workbench');
});

scene('so does its host page', async ({ sandbox, context }) => {
  const [retention, subscription] = await Promise.all(
    ['retention', 'subscription'].map((kind) => sandbox.mint(kind, { customer_id: 'cus_host' })),
  );
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/_sandbox/host?${new URLSearchParams({ retention, subscription })}`);
  await at(page.frameLocator('#hub iframe'), 'Your subscriptions');
  await page.getByRole('log').getByText('resize').first().waitFor();
  await looksWell(page, 'host');
});

scene('its tabs go by arrows', async (scene) => {
  const page = await workbench(scene);
  const tabs = page.getByRole('tab');
  await tabs.first().focus();
  const seen = [];
  for (let left = await tabs.count(); left > 0; left--) {
    await page.keyboard.press('ArrowRight');
    const [chosen] = await page.getByRole('tab', { selected: true }).allInnerTexts();
    strictEqual(await page.locator(':focus').innerText(), chosen);
    strictEqual(await page.getByRole('tabpanel', { name: chosen }).isVisible(), true);
    seen.push(chosen);
  }
  deepStrictEqual(new Set(seen).size, await tabs.count());
});

scene('by a name that is not of this machine it is not to be had', { complaints }, async ({ sandbox, context }) => {
  const page = await context.newPage();
  const { port } = new URL(sandbox.url);
  for (const path of ['/', '/_sandbox/events', '/_sandbox/host?retention=ret_1']) {
    const answer = await page.goto(`http://${FOREIGN}:${port}${path}`);
    strictEqual(answer.status(), 403);
    strictEqual((await page.content()).includes(sandbox.key), false);
  }
});
