// Dashboard: its form, its lists, and its links to the widgets.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { checkAccessibility } from './accessibility.mjs';
import { FOREIGN } from './chromium.mjs';
import { entries, loggedNames, openDashboard, region } from './dashboard-page.mjs';
import { sandboxTest } from './fixture.mjs';
import { cancel, expectHeading, press } from './steps.mjs';

const test = sandboxTest();

const customerField = (page) => region(page, 'Create a session').getByRole('textbox', { name: 'Customer id' });

async function createSession(page, kind, customer) {
  await page.getByRole('radio', { name: kind }).check();
  await customerField(page).fill(customer);
  await press(page, 'Create session');
}

test('form creates a session, and its request is shown with a redacted key', async (fixture) => {
  const page = await openDashboard(fixture);
  await createSession(page, /^Retention/, 'cus_created');
  await region(page, 'Create a session')
    .getByText(/"id":\s*"ret_/)
    .waitFor();
  await entries(page, /^Sessions/, 'cus_created').waitFor();
  const request = entries(page, /^Requests/, 'POST /v1/retention/session');
  await request.locator('summary').click();
  const exchange = request.locator('.exchange');
  await exchange.getByText('"customer_id":"cus_created"').waitFor();
  const text = await exchange.innerText();
  match(text, /x-brand-key: \S+/);
  match(text, /^200$/m);
  strictEqual(text.includes(fixture.sandbox.key), false, 'the key is redacted');
});

test('sessions of a backend appear newest first, and disappear after a reset', async (fixture) => {
  const page = await openDashboard(fixture);
  for (const customer_id of ['cus_earlier', 'cus_later']) {
    await fixture.sandbox.createSession('subscription', { customer_id });
    await entries(page, /^Sessions/, customer_id).waitFor();
  }
  const order = await region(page, /^Sessions/)
    .getByRole('listitem')
    .allInnerTexts();
  deepStrictEqual(
    order.map((text) => /cus_\w+/.exec(text)[0]),
    ['cus_later', 'cus_earlier'],
  );
  await press(page, 'Reset sandbox');
  await entries(page, /^Sessions/, 'cus_later').waitFor({ state: 'detached' });
  strictEqual(
    await region(page, /^Requests/)
      .getByRole('listitem')
      .count(),
    0,
  );
});

const expectedErrors = /status of 4\d\d/;
test('magic customer fills in the form, and its error is shown', { expectedErrors }, async (fixture) => {
  const page = await openDashboard(fixture);
  await press(page, 'cus_not_found');
  strictEqual(await customerField(page).inputValue(), 'cus_not_found');
  await page.keyboard.press('Enter');
  await region(page, 'Create a session').getByText('Customer not found').waitFor();
  await entries(page, /^Requests/, '404').waitFor();
});

test('session opens the widget, and its outcome is shown', async (fixture) => {
  const page = await openDashboard(fixture);
  // This generated customer has only one subscription, so the flow skips the choice of a subscription and starts with
  // the reason page.
  await createSession(page, /^Retention/, 'cus_dashboard');
  const [plan] = (await fixture.sandbox.customer('cus_dashboard')).subscriptions.map(({ plan }) => plan.name);
  const opened = fixture.context.waitForEvent('page');
  await entries(page, /^Sessions/, 'cus_dashboard')
    .getByRole('link', { name: /^Open/ })
    .click();
  const host = await opened;
  await press(host, 'Cancel subscription');
  const frame = host.frameLocator('dialog iframe');
  await cancel(frame, plan);
  await press(frame, 'Done');
  await host.locator('dialog').waitFor({ state: 'detached' });
  deepStrictEqual(await loggedNames(host), ['on-cancelled', 'onCancelled', 'close-dialog', 'onComplete']);
  await page.bringToFront();
  await entries(page, /^Sessions/, 'cus_dashboard')
    .getByText(/^cancelled/)
    .waitFor();
});

test('host page mounts the hub, which opens the cancel flow', async ({ sandbox, context }) => {
  const id = await sandbox.createSession('subscription', { customer_id: 'cus_of_hub' });
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

test('data of clients is escaped', async (fixture) => {
  const page = await openDashboard(fixture);
  const name = '<img src=x onerror=alert(1)><script>alert(1)</script>';
  await fixture.sandbox.createSession('retention', { customer_id: name, customer_email: `${name}@example.com` });
  const request = entries(page, /^Requests/, 'POST');
  await entries(page, /^Sessions/, name).waitFor();
  await request.locator('summary').click();
  await request.getByText(name).first().waitFor();
  strictEqual(await page.locator('main img, main script').count(), 0);
});

test('dashboard is accessible with and without content', { expectedErrors }, async (fixture) => {
  const page = await openDashboard(fixture);
  await checkAccessibility(page, 'dashboard-empty');
  await press(page, 'cus_not_found');
  await page.keyboard.press('Enter');
  await createSession(page, /^Subscription/, `cus_${'long'.repeat(40)}`);
  await entries(page, /^Sessions/, 'cus_long').waitFor();
  await entries(page, /^Requests/, '200')
    .locator('summary')
    .click();
  await entries(page, /^Requests/, '200')
    .getByText('customer_id')
    .waitFor();
  await checkAccessibility(page, 'dashboard');
});

test('host page is accessible', async ({ sandbox, context }) => {
  const [retention, subscription] = await Promise.all(
    ['retention', 'subscription'].map((kind) => sandbox.createSession(kind, { customer_id: 'cus_host' })),
  );
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/_sandbox/host?${new URLSearchParams({ retention, subscription })}`);
  await expectHeading(page.frameLocator('#hub iframe'), 'Your subscriptions');
  await page.getByRole('log').getByText('resize').first().waitFor();
  await checkAccessibility(page, 'host');
});

test('arrow keys select the tabs', async (fixture) => {
  const page = await openDashboard(fixture);
  const tabs = page.getByRole('tab');
  await tabs.first().focus();
  const visited = [];
  for (let left = await tabs.count(); left > 0; left--) {
    await page.keyboard.press('ArrowRight');
    const [selected] = await page.getByRole('tab', { selected: true }).allInnerTexts();
    strictEqual(await page.locator(':focus').innerText(), selected);
    strictEqual(await page.getByRole('tabpanel', { name: selected }).isVisible(), true);
    visited.push(selected);
  }
  deepStrictEqual(new Set(visited).size, await tabs.count());
});

test('foreign host name is rejected', { expectedErrors }, async ({ sandbox, context }) => {
  const page = await context.newPage();
  const { port } = new URL(sandbox.url);
  for (const path of ['/', '/_sandbox/events', '/_sandbox/host?retention=ret_1']) {
    const response = await page.goto(`http://${FOREIGN}:${port}${path}`);
    strictEqual(response.status(), 403);
    strictEqual((await page.content()).includes(sandbox.key), false);
  }
});
