// Checks of accessibility and layout.

import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE_WIDTH = 360;

/**
 * Checks in each color scheme and width that the accessibility checker axe finds no problem, and that the page does not
 * scroll horizontally. Saves a screenshot of each combination.
 */
export async function checkAccessibility(page, name) {
  for (const width of [800, PHONE_WIDTH]) {
    await page.setViewportSize({ width, height: 700 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const variant = `${name}-${colorScheme}-${width}`;
      await page.screenshot({ path: join(process.env.ARTEFACTS, `${variant}.png`), fullPage: true });
      deepStrictEqual(await axeFindings(page), [], variant);
      await checkWidth(page);
    }
  }
}

/** Checks that the page has no horizontal scrolling. */
export async function checkWidth(page) {
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const overflowing = [...document.body.querySelectorAll('*')].filter(
      (each) => each.getBoundingClientRect().right > clientWidth + 1,
    );
    const hidden = (each) => getComputedStyle(each).position === 'absolute';
    return scrollWidth > clientWidth
      ? [scrollWidth, clientWidth, ...overflowing.filter((each) => !hidden(each)).map((each) => each.outerHTML)]
      : [];
  });
  deepStrictEqual(overflow, []);
}

/**
 * Returns the violations of axe's rules, and the checks whose result axe could not determine. Repeats the run if an element
 * moved in the meantime, because axe reads positions more than once. Widgets report their size again after a change of the
 * viewport, and the page then moves and shows the message.
 */
async function axeFindings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const layout = () =>
      JSON.stringify([...document.querySelectorAll('*')].map((element) => element.getBoundingClientRect()));
    let before;
    let result;
    do {
      before = layout();
      result = await globalThis.axe.run(document, {
        iframes: false, // the pages in frames are checked separately
        rules: { 'frame-tested': { enabled: false } },
        resultTypes: ['violations', 'incomplete'],
      });
    } while (layout() !== before);
    return [...result.violations, ...result.incomplete].flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any.map(({ message }) => message).join(' ')}`),
    );
  });
}
