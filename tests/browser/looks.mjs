// How a page looks, to people and to a tool that knows what some people need.

import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SMALL = 360;

/** In light and dark, on a desk and on a phone: axe finds nothing, nothing scrolls to the side. A picture of each is kept. */
export async function looksWell(page, name) {
  for (const width of [800, SMALL]) {
    await page.setViewportSize({ width, height: 700 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const variant = `${name}-${colorScheme}-${width}`;
      await page.screenshot({ path: join(process.env.ARTEFACTS, `${variant}.png`), fullPage: true });
      deepStrictEqual(await findings(page), [], variant);
      await staysWithin(page);
    }
  }
}

/** Nothing is to be scrolled to the side. */
export async function staysWithin(page) {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const beyond = [...document.body.querySelectorAll('*')].filter(
      (each) => each.getBoundingClientRect().right > clientWidth + 1,
    );
    const hidden = (each) => getComputedStyle(each).position === 'absolute';
    return scrollWidth > clientWidth
      ? [scrollWidth, clientWidth, ...beyond.filter((each) => !hidden(each)).map((each) => each.outerHTML)]
      : [];
  });
  deepStrictEqual(wide, []);
}

/** What axe finds, by all of its rules, and what it cannot tell. */
async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations, incomplete } = await globalThis.axe.run(document, {
      iframes: false, // they are looked at by themselves
      rules: { 'frame-tested': { enabled: false } },
      resultTypes: ['violations', 'incomplete'],
    });
    return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any.map(({ message }) => message).join(' ')}`),
    );
  });
}
