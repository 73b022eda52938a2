// Loader of the dashboard's host page: callbacks of the openings, and the fallback.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { loggedNames } from './dashboard-page.mjs';
import { sandboxTest } from './fixture.mjs';
import { expectHeading, press } from './steps.mjs';

const test = sandboxTest();
const REASON = 'Why do you want to cancel?';

/** Opens the dashboard's host page with a handshake session. */
async function openHostPage({ sandbox, context }, customer) {
  const { sessionId } = await sandbox.exchange(sandbox.createToken(customer));
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/_sandbox/host?handshake=${sessionId}`);
  await expectHeading(page.frameLocator('#hub iframe'), 'Your subscriptions');
  return page;
}

async function openFlow(page) {
  await press(page, 'Cancel subscription');
  await expectHeading(page.frameLocator('dialog iframe'), REASON);
}

/** Closes the dialog, and waits until the hub has loaded again. */
async function closeDialog(page) {
  const loaded = page.waitForEvent('framenavigated', (frame) => frame.url().includes('/subs?'));
  await press(page, 'Close');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await loaded;
}

/** Sends `on-cancelled` from the hub's frame, and waits until the page has logged `count` of these messages. */
async function sendFromHub(page, count) {
  const hub = await (await page.locator('#hub iframe').elementHandle()).contentFrame();
  await hub.evaluate(() => parent.postMessage({ type: 'on-cancelled', data: {} }, '*'));
  await page
    .getByRole('log')
    .getByText('on-cancelled', { exact: true })
    .nth(count - 1)
    .waitFor();
}

test('callbacks are dropped when the dialog closes, and set by the next opening', async (fixture) => {
  const page = await openHostPage(fixture, 'cus_callbacks');
  const log = [];
  const expectLog = async (...names) => {
    log.push(...names);
    deepStrictEqual(await loggedNames(page), log);
  };
  await openFlow(page);
  await sendFromHub(page, 1);
  await expectLog('on-cancelled', 'onCancelled');
  await closeDialog(page);
  await expectLog('onComplete', 'on-complete'); // the callback, and the message to the hub
  await sendFromHub(page, 2);
  await expectLog('on-cancelled');
  await openFlow(page);
  await sendFromHub(page, 3);
  await expectLog('on-cancelled', 'onCancelled');
});

test('message of a closed frame is ignored', async (fixture) => {
  const page = await openHostPage(fixture, 'cus_closed');
  await openFlow(page);
  const frame = await page.locator('dialog iframe').elementHandle();
  const source = await frame.evaluateHandle(({ contentWindow }) => contentWindow);
  await closeDialog(page);
  await openFlow(page);
  const names = await loggedNames(page);
  await source.evaluate((source, origin) => {
    dispatchEvent(new MessageEvent('message', { source, origin, data: { type: 'close-dialog', data: {} } }));
  }, fixture.sandbox.widgets);
  deepStrictEqual(await loggedNames(page), names);
  strictEqual(await page.locator('dialog[open]').count(), 1);
});

test('fallback replaces a cancel flow that does not load within 10 seconds', async (fixture) => {
  await fixture.context.clock.install();
  await fixture.context.route('**/retention?*', () => {}); // no response
  const page = await openHostPage(fixture, 'cus_slow_page');
  await fixture.context.clock.pauseAt(Date.now() + 60_000);
  await press(page, 'Cancel subscription');
  await fixture.context.clock.runFor(9_999);
  strictEqual(await page.getByRole('alert').count(), 0);
  await fixture.context.clock.runFor(1);
  strictEqual(await page.getByRole('alert').count(), 1);
});
