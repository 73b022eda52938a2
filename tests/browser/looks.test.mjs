// Each page in light and dark, on a phone, enlarged, and for those who want nothing to move.

import { deepStrictEqual, match, strictEqual } from 'node:assert';
import { looksWell, staysWithin } from './looks.mjs';
import { PAGES } from './pages.mjs';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at, cancel } from './steps.mjs';

const customers = Object.entries(PAGES).map(([name, { plans = ['team'] }]) => customer(`cus_${name}`, ...plans));
const others = ['zoomed', 'large', 'still'].map((name) => customer(`cus_${name}`, 'team'));
const scene = scenes({ seed: { customers: [...customers, ...others] } });
const complaints = /status of 404/;

for (const [name, { kind, lead }] of Object.entries(PAGES)) {
  scene(`the page ${name}`, name === 'refused' ? { complaints } : {}, async ({ bare }) => {
    const page = await bare(kind, { customer_id: `cus_${name}` });
    await lead(page);
    strictEqual(await page.locator('html').getAttribute('lang'), 'en');
    match(await page.title(), /\w/);
    await looksWell(page, name);
  });
}

// At 200 % a window of 800 pixels is one of 400 with twice as many dots.
const zoomed = { viewport: { width: 400, height: 350 }, deviceScaleFactor: 2 };
scene('enlarged to 200 %, the flow can be gone through', zoomed, async ({ bare }) => {
  const page = await bare('retention', { customer_id: 'cus_zoomed' });
  page.on('load', () => staysWithin(page));
  await cancel(page, 'Team');
  await staysWithin(page);
});

scene('with letters twice as large', { viewport: { width: 800, height: 700 } }, async ({ context, bare }) => {
  await context.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      document.documentElement.style.fontSize = '200%';
    });
  });
  const page = await bare('retention', { customer_id: 'cus_large' });
  await at(page, 'Why do you want to cancel?');
  const size = await page
    .getByRole('heading', { level: 1 })
    .evaluate((heading) => Number.parseFloat(getComputedStyle(heading).fontSize));
  strictEqual(size >= 32, true, 'letters have sizes that follow');
  await staysWithin(page);
  await cancel(page, 'Team');
  await staysWithin(page);
});

scene('nothing moves for those who want no motion', { reducedMotion: 'reduce' }, async ({ bare }) => {
  const page = await bare('subscription', { customer_id: 'cus_still' });
  await at(page, 'Your subscriptions');
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
