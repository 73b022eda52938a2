// Accessibility of each page: color schemes, widths, zoom, large fonts, and reduced motion.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { checkAccessibility, checkWidth } from './accessibility.mjs';
import { sandboxTest } from './fixture.mjs';
import { PAGES } from './pages.mjs';
import { customer } from './seeds.mjs';
import { EXPENSIVE, expectHeading, press, submitReason } from './steps.mjs';

const customers = Object.entries(PAGES).map(([name, { plans = ['team'] }]) => customer(`cus_${name}`, ...plans));
const extraCustomers = ['zoomed', 'large', 'still'].map((name) => customer(`cus_${name}`, 'team'));
const test = sandboxTest({ seed: { customers: [...customers, ...extraCustomers] } });
const expectedErrors = /status of 404/;

for (const [name, { kind, open }] of Object.entries(PAGES)) {
  test(`page ${name} is accessible`, name === 'error' ? { expectedErrors } : {}, async ({ openWidget }) => {
    const page = await openWidget(kind, { customer_id: `cus_${name}` });
    await open(page);
    strictEqual(await page.locator('html').getAttribute('lang'), 'en');
    match(await page.title(), /\w/);
    await checkAccessibility(page, name);
  });
}

// At a zoom of 200 %, a window that is 800 pixels wide has a width of 400 CSS pixels.
const zoomed = { viewport: { width: 400, height: 350 }, deviceScaleFactor: 2 };
test('cancel flow fits the width at a zoom of 200 %', zoomed, async ({ openWidget }) => {
  const page = await openWidget('retention', { customer_id: 'cus_zoomed' });
  await cancelAndCheckWidth(page, 'Team');
});

test('cancel flow fits the width with a doubled font size', { viewport: { width: 800, height: 700 } }, async ({
  context,
  openWidget,
}) => {
  await context.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      document.documentElement.style.fontSize = '200%';
    });
  });
  const page = await openWidget('retention', { customer_id: 'cus_large' });
  await expectHeading(page, 'Why do you want to cancel?');
  const size = await page
    .getByRole('heading', { level: 1 })
    .evaluate((heading) => Number.parseFloat(getComputedStyle(heading).fontSize));
  strictEqual(size >= 32, true, 'font sizes are relative to the root');
  await cancelAndCheckWidth(page, 'Team');
});

test('reduced motion disables animations', { reducedMotion: 'reduce' }, async ({ openWidget }) => {
  const page = await openWidget('subscription', { customer_id: 'cus_still' });
  await expectHeading(page, 'Your subscriptions');
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior !== 'auto';
      })
      .map((element) => element.outerHTML),
  );
  deepStrictEqual(moving, []);
});

/** Completes the cancel flow, and checks the width of each of its pages. */
async function cancelAndCheckWidth(page, plan) {
  await expectHeading(page, 'Why do you want to cancel?');
  await checkWidth(page);
  await submitReason(page, EXPENSIVE);
  await page.getByRole('button', { name: 'No, continue to cancel', exact: true }).waitFor();
  await checkWidth(page);
  await press(page, 'No, continue to cancel');
  await expectHeading(page, `Cancel ${plan}?`);
  await checkWidth(page);
  await press(page, 'Cancel my subscription');
  await expectHeading(page, 'Your subscription is cancelled');
  await checkWidth(page);
}
