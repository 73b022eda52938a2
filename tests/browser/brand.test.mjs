// Color of the brand: buttons have it, and texts and outlines are readable with any color.

import { strictEqual } from 'node:assert';
import { checkAccessibility } from './accessibility.mjs';
import { sandboxTest } from './fixture.mjs';
import { PAGES } from './pages.mjs';
import { customer } from './seeds.mjs';

// White and black are invisible on the background of one color scheme each. On the gray, neither black nor white has a
// high contrast.
const COLORS = ['#FFFFFF', '#000000', '#777777', '#FFD400'];
const SEED = { customers: ['page', 'button'].map((name) => customer(`cus_${name}`, 'team')) };
const { kind, open } = PAGES['hub-plans'];

/** Returns the colors of a button, of its outline and of the page, each as red, green and blue from 0 to 1. */
function colorsOf(button) {
  const channels = (text) => {
    const numbers = text
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
    return text.startsWith('color(') ? numbers : numbers.map((number) => number / 255);
  };
  const { color, backgroundColor, outlineColor } = getComputedStyle(button);
  const page = getComputedStyle(document.body).backgroundColor;
  return [color, backgroundColor, outlineColor, page].map(channels);
}

/** Returns the contrast of two colors, as WCAG defines it. */
function contrast(...colors) {
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminances = colors.map(([red, green, blue]) => {
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  });
  return (Math.max(...luminances) + 0.05) / (Math.min(...luminances) + 0.05);
}

for (const brand of COLORS) {
  const test = sandboxTest({ seed: SEED, args: ['--brand-color', brand] });

  test(`page is accessible with the color ${brand}`, async ({ openWidget }) => {
    const page = await openWidget(kind, { customer_id: 'cus_page' });
    await open(page);
    await checkAccessibility(page, `brand-${brand.slice(1)}`);
  });

  test(`button has the color ${brand}, and is readable when it is hovered or focused`, async ({ openWidget }) => {
    const page = await openWidget(kind, { customer_id: 'cus_button' });
    await open(page);
    const button = page.getByRole('button', { name: 'Change plan' });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.mouse.move(0, 0);
      const [, background] = await button.evaluate(colorsOf);
      const hex = background.map((value) =>
        Math.round(value * 255)
          .toString(16)
          .padStart(2, '0'),
      );
      strictEqual(`#${hex.join('')}`, brand.toLowerCase());
      await page.getByRole('radio', { checked: true }).focus();
      await page.keyboard.press('Tab');
      await button.hover();
      const [text, hovered, outline, surface] = await button.evaluate(colorsOf);
      strictEqual(contrast(text, hovered) >= 4.5, true, `${colorScheme}: ${text} on ${hovered}`);
      strictEqual(contrast(outline, surface) >= 3, true, `${colorScheme}: ${outline} on ${surface}`);
    }
  });
}
