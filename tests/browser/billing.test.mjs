// Payment method, invoices and promo codes in the SubscriptionHub.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { enterCard, expectHeading, follow, press, redeem } from './steps.mjs';

const names = ['card', 'invalid_card', 'invoices', 'code', 'invalid_code', 'without_scripts', 'refresh'];
const test = sandboxTest({
  seed: {
    customers: names.map((name) => ({
      ...customer(`cus_${name}`, 'team'),
      payment_method: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2099 },
    })),
  },
});

/** Waits until the hub shows a notice, and returns it. */
async function noticeOf(frame) {
  await expectHeading(frame, 'Your subscriptions');
  return frame.getByRole('status').innerText();
}

/** Waits until the only invalid field has the focus and this description. */
async function expectInvalidField(frame, name, description) {
  const field = frame.getByRole('textbox', { name, description, exact: true });
  await field.and(frame.locator('[aria-invalid=true]:focus')).waitFor();
  strictEqual(await frame.locator('[aria-invalid]').count(), 1);
}

test('payment method is updated', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_card' });
  const frame = host.hub;
  await frame.getByText('Visa ending in 4242 (expires 12/2099)').waitFor();
  await follow(frame, 'Update payment method');
  await enterCard(frame, '3782 822463 10005', '01/49');
  strictEqual(await noticeOf(frame), 'American Express ending in 0005 is your payment method now.');
  await frame.getByText('American Express ending in 0005 (expires 01/2049)').waitFor();
  const { payment_method } = await sandbox.customer('cus_card');
  deepStrictEqual(payment_method, { brand: 'amex', last4: '0005', exp_month: 1, exp_year: 2049 });
});

test('invalid card is not saved, and its field gets the focus', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_invalid_card' });
  const frame = host.hub;
  await follow(frame, 'Update payment method');
  await enterCard(frame, '4242 4242 4242 4241', '12/49');
  await expectInvalidField(frame, 'Card number', 'The card number is invalid.');
  strictEqual(await frame.getByRole('textbox', { name: 'Card number' }).inputValue(), '');
  strictEqual(await frame.getByRole('textbox', { name: 'Expiry date (MM/YY)' }).inputValue(), '12/49');
  await enterCard(frame, '4242 4242 4242 4242', '12/20');
  await expectInvalidField(frame, 'Expiry date (MM/YY)', 'The card has expired.');
  strictEqual((await sandbox.customer('cus_invalid_card')).payment_method.exp_year, 2099);
});

test('invoices of a subscription are listed, and the plan heads their table', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_invoices' });
  const frame = host.hub;
  await follow(frame, 'Invoices');
  await expectHeading(frame, 'Invoices');
  const rows = frame.getByRole('table', { name: 'Team' }).getByRole('row');
  const [{ invoices }] = (await sandbox.customer('cus_invoices')).subscriptions;
  strictEqual(await rows.count(), invoices.length + 1);
  strictEqual(await rows.nth(0).innerText(), 'Date\tAmount\tStatus');
  const [year, month, day] = invoices[0].date.split('-').map(Number);
  const date = `${day} ${new Date(year, month - 1, day).toLocaleString('en', { month: 'long' })} ${year}`;
  strictEqual(await rows.nth(1).innerText(), `${date}\t$29.00\tPaid`);
});

test('promo code gives a discount', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_code' });
  const frame = host.hub;
  await press(frame, 'Promo code: Team');
  await redeem(frame, 'save20');
  strictEqual(await noticeOf(frame), 'Team costs $23.20 a month with SAVE20.');
  await frame.getByText('$23.20 a month (20 % off for 3 months)').waitFor();
  const { promo_codes, subscriptions } = await sandbox.customer('cus_code');
  deepStrictEqual([promo_codes, subscriptions[0].discount], [['SAVE20'], { percent: 20, months: 3 }]);
});

test('invalid promo code is not redeemed, and its field gets the focus', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_invalid_code' });
  const frame = host.hub;
  await press(frame, 'Promo code: Team');
  for (const [code, message] of [
    ['"><b>', 'This promo code does not exist.'],
    ['SUMMER25', 'This promo code has expired.'],
  ]) {
    await redeem(frame, code);
    await expectInvalidField(frame, 'Promo code', message);
    strictEqual(await frame.getByRole('textbox', { name: 'Promo code' }).inputValue(), code);
  }
  deepStrictEqual((await sandbox.customer('cus_invalid_code')).promo_codes, []);
});

test('billing works without JavaScript', { javaScriptEnabled: false }, async ({ sandbox, openWidget }) => {
  const page = await openWidget('subscription', { customer_id: 'cus_without_scripts' });
  await press(page, 'Promo code: Team');
  await redeem(page, 'HALFPRICE');
  await follow(page, 'Update payment method');
  await enterCard(page, '5555555555554444', '12/2049');
  await follow(page, 'Invoices');
  await expectHeading(page, 'Invoices');
  await follow(page, 'Back');
  await expectHeading(page, 'Your subscriptions');
  const { promo_codes, payment_method } = await sandbox.customer('cus_without_scripts');
  deepStrictEqual([promo_codes, payment_method.last4], [['HALFPRICE'], '4444']);
});

test('reload after an update does not send the card again', async ({ sandbox, openWidget }) => {
  const page = await openWidget('subscription', { customer_id: 'cus_refresh' });
  await follow(page, 'Update payment method');
  await enterCard(page, '5555555555554444', '12/49');
  strictEqual(await noticeOf(page), 'Mastercard ending in 4444 is your payment method now.');
  const methods = [];
  page.on('request', (request) => request.isNavigationRequest() && methods.push(request.method()));
  await page.reload();
  await expectHeading(page, 'Your subscriptions');
  deepStrictEqual(methods, ['GET']);
  strictEqual((await sandbox.customer('cus_refresh')).payment_method.last4, '4444');
});
