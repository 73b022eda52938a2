// Dashboard: the form that creates a handshake token, the content and checks of tokens, and their exchange.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { checkAccessibility } from './accessibility.mjs';
import { entries, openDashboard, region } from './dashboard-page.mjs';
import { sandboxTest } from './fixture.mjs';
import { expectHeading, press } from './steps.mjs';

const test = sandboxTest();
const expectedErrors = /status of 401/;
const section = (page) => region(page, 'Handshake token');
const tokenField = (page) => section(page).getByRole('textbox', { name: /^Token/ });

/** Creates a token with the form, and returns it. */
async function createToken(page, customer) {
  await section(page).getByRole('textbox', { name: 'Customer id' }).fill(customer);
  await press(page, 'Create token');
  await section(page).getByText(customer, { exact: true }).waitFor();
  return tokenField(page).inputValue();
}

/** Returns the names of the failed checks, in order. */
async function failedChecks(page) {
  const failed = section(page).getByRole('listitem').filter({ hasText: 'failed' });
  return (await failed.locator('strong').allInnerTexts()).join(' ');
}

/** Waits until the list of checks contains a text. */
const waitForCheck = (page, text) => section(page).getByRole('listitem').filter({ hasText: text }).waitFor();

test('form creates a token, shows its content, and exchanges it for a session that opens both widgets', async (fixture) => {
  const { sandbox, context } = fixture;
  const page = await openDashboard(fixture);
  const token = await createToken(page, 'cus_token');
  match(token, /^eyJ[\w-]+\.[\w-]{43}$/);
  const { nonce, timestamp } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
  const content = await section(page).getByRole('definition').allInnerTexts();
  deepStrictEqual([content[0], content[1], content[3]], [sandbox.publicKey, 'cus_token', nonce]);
  match(content[2], /expires in [45]:\d\d/);
  match(content[2], new RegExp(`${new Date(timestamp).getFullYear()}`));
  strictEqual(await section(page).getByRole('listitem').filter({ hasText: 'ok' }).count(), 5);
  strictEqual(await entries(page, /^Requests/, 'POST').count(), 0);

  await press(page, 'Exchange token');
  await section(page)
    .getByText(/"sessionId":\s*"r10_/)
    .waitFor();
  await entries(page, /^Sessions/, 'cus_token')
    .getByText('handshake', { exact: true })
    .waitFor();
  const request = entries(page, /^Requests/, '/v1/session/exchange');
  await request.locator('summary').click();
  await request.getByText('{"handshakeToken":"sha256:').waitFor();
  strictEqual(
    (await region(page, /^Requests/).innerText()).includes(token.split('.')[1]),
    false,
    'the token is redacted',
  );
  await press(page, 'Check token');
  await waitForCheck(page, 'Token already used');
  strictEqual(await failedChecks(page), 'nonce');

  const opened = context.waitForEvent('page');
  await section(page)
    .getByRole('link', { name: /^Open the handshake session/ })
    .click();
  const host = await opened;
  await expectHeading(host.frameLocator('#hub iframe'), 'Your subscriptions');
  await press(host, 'Cancel subscription');
  await expectHeading(host.frameLocator('dialog iframe'), 'Why do you want to cancel?');
});

test('token of a backend is checked without a request to the service', async (fixture) => {
  const { sandbox } = fixture;
  const page = await openDashboard(fixture);
  const seconds = Math.floor(Date.now() / 1000);
  for (const [token, failed, remedy, content] of [
    [
      sandbox.createToken('cus_1', { key: 'sk_live_other' }),
      'signature',
      /check the private key of the backend/,
      'cus_1',
    ],
    [sandbox.createToken('cus_2', { timestamp: seconds }), 'age', /is in seconds: use milliseconds/, '1970'],
    [
      sandbox.createToken('cus_3', { brandPub: 'pk_live_9' }),
      'brand',
      /not the public key pk_sandbox_local/,
      'pk_live_9',
    ],
    [sandbox.createToken('cus_4', { nonce: 7 }), 'format', /needs the text nonce/, '"nonce":7'],
    [
      JSON.stringify({ token: sandbox.createToken('cus_5') }),
      'format',
      /this is JSON, not a token/,
      'Invalid token format',
    ],
  ]) {
    await tokenField(page).fill(`${token}\n`);
    await press(page, 'Check token');
    await waitForCheck(page, remedy);
    strictEqual(await failedChecks(page), failed);
    await section(page).getByText(content).first().waitFor();
    await page.getByRole('status').filter({ hasText: remedy }).waitFor();
  }
  strictEqual(await entries(page, /^Requests/, 'POST').count(), 0);
});

test('rejected exchange shows the message and the note of the sandbox', { expectedErrors }, async (fixture) => {
  const page = await openDashboard(fixture);
  await tokenField(page).fill('undefined');
  await press(page, 'Exchange token');
  await section(page).getByText('{"error":"Invalid token format"}').waitFor();
  await section(page).getByText('the token is not payload.signature').waitFor();
  await entries(page, /^Requests/, '401').waitFor();
});

test('magic customer fills in the form of the token', async (fixture) => {
  const page = await openDashboard(fixture);
  await press(page, 'cus_server_error');
  strictEqual(await section(page).getByRole('textbox', { name: 'Customer id' }).inputValue(), 'cus_server_error');
});

test('token without a customer is rejected', { expectedErrors: /status of 400/ }, async (fixture) => {
  const page = await openDashboard(fixture);
  await section(page).getByRole('textbox', { name: 'Customer id' }).fill('');
  await press(page, 'Create token');
  await section(page).getByText('customer_id must not be empty').waitFor();
});

test('remaining validity of a token is counted down', async (fixture) => {
  await fixture.context.clock.install();
  const page = await openDashboard(fixture);
  await createToken(page, 'cus_1');
  await fixture.context.clock.runFor(4 * 60_000);
  await section(page)
    .getByText(/expires in 0:\d\d/)
    .waitFor();
  await fixture.context.clock.runFor(60_000);
  await section(page).getByText('expired', { exact: true }).waitFor();
});

test('dashboard with the content of a token is accessible', { expectedErrors }, async (fixture) => {
  const page = await openDashboard(fixture);
  await createToken(page, `cus_${'long'.repeat(40)}`);
  await press(page, 'Exchange token');
  await section(page)
    .getByText(/"sessionId"/)
    .waitFor();
  await checkAccessibility(page, 'dashboard-token');
  await tokenField(page).fill(fixture.sandbox.createToken('cus_1', { key: 'sk_live_other', timestamp: 1 }));
  await press(page, 'Check token');
  await waitForCheck(page, 'Invalid signature');
  await press(page, 'Exchange token');
  await section(page).getByText('{"error":"Invalid signature"}').waitFor();
  await checkAccessibility(page, 'dashboard-token-invalid');
});
