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
      await framesFit(page);
      const variant = `${name}-${colorScheme}-${width}`;
      await page.screenshot({ path: join(process.env.ARTEFACTS, `${variant}.png`), fullPage: true });
      await framesFit(page); // the screenshot changes the viewport for a moment
      deepStrictEqual(await axeFindings(page), [], variant);
      await checkWidth(page);
    }
  }
}

/**
 * Waits until the height of each widget's frame fits its content, and no message is on its way that would change it again,
 * such as one about the size before the viewport changed. Until then, the rest of the page moves.
 */
async function framesFit(page) {
  const frames = page.frames().filter((frame) => frame.parentFrame());
  const heights = () => Promise.all(frames.map((frame) => frame.evaluate('innerHeight')));
  let before;
  do {
    before = await heights();
    for (const frame of frames) {
      await frame.waitForFunction(
        () => Math.abs(innerHeight - document.documentElement.getBoundingClientRect().height) <= 1,
      );
    }
    // A widget reports its size in one animation frame, and the page applies it in the next one.
    for (const frame of [...frames, page, page]) await frame.evaluate('new Promise(requestAnimationFrame)');
  } while (String(await heights()) !== String(before));
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

/** Returns the violations of axe's rules, and the checks whose result axe could not determine. */
async function axeFindings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations, incomplete } = await globalThis.axe.run(document, {
      iframes: false, // the pages in frames are checked separately
      rules: { 'frame-tested': { enabled: false } },
      resultTypes: ['violations', 'incomplete'],
    });
    return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${help}: ${html} ${any.map(({ message }) => message).join(' ')}`),
    );
  });
}
