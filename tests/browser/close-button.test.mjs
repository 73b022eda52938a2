// Close button of the vendor's dialog, which the vendor's library places above the frame of the cancel flow.

import { deepStrictEqual } from 'node:assert';
import { sandboxTest } from './fixture.mjs';
import { PAGES } from './pages.mjs';
import { customer } from './seeds.mjs';

const NAMES = ['choose', 'reason', 'plan', 'cancelled'];
const test = sandboxTest({
  seed: { customers: NAMES.map((name) => customer(`cus_${name}`, ...(PAGES[name].plans ?? ['team']))) },
});

/** Width of the frame, and the position of the button in the frame, at the breakpoints of the vendor's styles. */
const LAYOUTS = [
  { width: 412, top: 16, right: 25, fontSize: 32 },
  // On phones, the dialog's content has a padding of 5 pixels, by which the button is closer to the frame's corner.
  { width: 366, top: 15, right: 15, fontSize: 40 },
  { width: 280, top: 15, right: 15, fontSize: 40 },
];

/** Runs in the page of a widget. Adds the button to the page, and returns the lines of text that the button covers. */
function coveredLines({ top, right, fontSize }) {
  const button = document.createElement('button');
  button.textContent = '×';
  const style = { position: 'absolute', top: `${top}px`, right: `${right}px`, fontSize: `${fontSize}px` };
  Object.assign(button.style, style, { border: 'none', padding: '1px 6px', minHeight: '0', lineHeight: '1' });
  document.body.append(button);
  const area = button.getBoundingClientRect();
  button.remove();
  const isCovered = (line) =>
    line.right > area.left && line.left < area.right && line.bottom > area.top && line.top < area.bottom;
  const range = document.createRange();
  return [...document.querySelectorAll('h1, p, dt, dd, label')]
    .filter((element) => {
      range.selectNodeContents(element);
      return [...range.getClientRects()].some(isCovered);
    })
    .map((element) => element.textContent);
}

for (const name of NAMES) {
  test(`close button of the dialog covers no text of page ${name}`, async ({ openWidget }) => {
    const { kind, open } = PAGES[name];
    const page = await openWidget(kind, { customer_id: `cus_${name}` });
    await open(page);
    for (const { width, ...position } of LAYOUTS) {
      await page.setViewportSize({ width, height: 700 });
      deepStrictEqual(await page.evaluate(coveredLines, position), [], `width ${width}`);
    }
  });
}
