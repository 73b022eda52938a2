// Origins of messages, and sites that may embed the widgets.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { FOREIGN } from './chromium.mjs';
import { sandboxTest } from './fixture.mjs';
import { customer } from './seeds.mjs';
import { cancel, expectHeading, press } from './steps.mjs';

const names = ['referrer', 'no_referrer', 'old', 'unknown', 'foreign', 'nested', 'sibling'];
const test = sandboxTest({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });
const NO_REFERRER = { path: '/no-referrer/' };

/** Records the messages that frames post to their parents, with the target origin of each message. */
async function recordMessages(context) {
  const posted = [];
  await context.exposeBinding('reportPost', (_, post) => posted.push(post));
  await context.addInitScript(() => {
    const parent = window.parent;
    if (parent === window) return;
    const postMessage = (message, target) => {
      window.reportPost({ ...message, target });
      parent.postMessage(message, target);
    };
    Object.defineProperty(window, 'parent', { value: { postMessage } });
  });
  return posted;
}

/**
 * Removes `ancestorOrigins` from the scripts of the widgets. Returns a function that returns the number of removals.
 */
async function withoutAncestorOrigins(context, sandbox) {
  let removed = 0;
  await context.route(`${sandbox.widgets}/**/*.js`, async (route) => {
    const script = await sandbox.fetchFromWidgets(route.request().url());
    const body = script.replace(/\bancestorOrigins\b/g, () => `absent${++removed}`);
    await route.fulfill({ body, contentType: 'text/javascript' });
  });
  return () => removed;
}

/** Opens the cancel flow from the hub, and cancels. The widgets then send a message of each type in `MESSAGE_TYPES`. */
async function cancelFromHub(host) {
  await expectHeading(host.hub, 'Your subscriptions');
  await press(host.hub, 'Cancel: Team');
  await cancel(host.retention, 'Team');
  await host.waitForMessages('on-cancelled');
  await press(host.retention, 'Done');
  await host.waitForClose();
}

const MESSAGE_TYPES = ['cancel-subscription', 'close-dialog', 'on-cancelled', 'resize'];

for (const [name, options] of Object.entries({ referrer: {}, no_referrer: NO_REFERRER })) {
  test(`messages go only to the origin of the page${options.path ? ' without a referrer' : ''}`, async ({
    context,
    hub,
  }) => {
    const posted = await recordMessages(context);
    const { host } = await hub({ customer_id: `cus_${name}` }, options);
    await cancelFromHub(host);
    const origin = new URL(host.page.url()).origin;
    deepStrictEqual([...new Set(posted.map(({ target }) => target))], [origin]);
    deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), MESSAGE_TYPES);
  });
}

// The browser context of a test is private: Chromium gives the frame no storage, so only the first page in the frame
// knows the origin of the host page.
test('without ancestorOrigins, the session id goes only to the origin of the referrer', async ({
  sandbox,
  context,
  hub,
}) => {
  const posted = await recordMessages(context);
  const removed = await withoutAncestorOrigins(context, sandbox);
  const { host } = await hub({ customer_id: 'cus_old' });
  await cancelFromHub(host);
  strictEqual(removed() > 0, true);
  const { origin } = new URL(host.page.url());
  const first = posted.slice(0, 3).map(({ type, target }) => [type, target]);
  deepStrictEqual(first, [
    ['resize', origin],
    ['cancel-subscription', origin],
    ['resize', origin],
  ]);
  const toAnyOrigin = posted.filter(({ target }) => target !== origin);
  deepStrictEqual([...new Set(toAnyOrigin.flatMap(({ data }) => Object.keys(data)))].sort(), ['height', 'iframe']);
  deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), MESSAGE_TYPES);
});

test('with an unknown origin, no session id is sent and the flow opens in the hub', async ({
  sandbox,
  context,
  hub,
}) => {
  const posted = await recordMessages(context);
  await withoutAncestorOrigins(context, sandbox);
  const { host } = await hub({ customer_id: 'cus_unknown' }, NO_REFERRER);
  await expectHeading(host.hub, 'Your subscriptions');
  await press(host.hub, 'Cancel: Team');
  await cancel(host.hub, 'Team');
  await host.waitForMessages('on-cancelled');
  await press(host.hub, 'Back to your subscriptions');
  await expectHeading(host.hub, 'Your subscriptions');
  deepStrictEqual([...new Set(posted.map(({ target }) => target))], ['*']);
  deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), ['on-cancelled', 'resize']);
});

// These errors occur if the browser blocks a frame and shows its own error page in the frame.
const expectedErrors = /frame-ancestors|chrome-error:|ERR_BLOCKED_BY_RESPONSE/;

/** Waits until the browser has blocked a frame. */
function waitForBlockedFrame(context) {
  return context.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
}

test('foreign site cannot embed a widget', { expectedErrors }, async ({ sandbox, context, openHost }) => {
  const retention = await sandbox.createSession('retention', { customer_id: 'cus_foreign' });
  const blocked = waitForBlockedFrame(context);
  const host = await openHost({ retention }, { name: FOREIGN });
  await host.openCancelFlow();
  await blocked;
  deepStrictEqual(await host.messages(), []);
});

test('local page within a foreign site cannot embed a widget', { expectedErrors }, async ({
  sandbox,
  context,
  openHost,
  hostUrl,
}) => {
  const subscription = await sandbox.createSession('subscription', { customer_id: 'cus_nested' });
  const host = await openHost({}, { name: FOREIGN });
  const blocked = waitForBlockedFrame(context);
  await host.page.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
  }, hostUrl({ subscription }));
  await blocked;
});

test('message of a sibling frame is ignored', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_sibling' });
  await expectHeading(host.hub, 'Your subscriptions');
  const widget = host.page.frames().find((frame) => frame.name() === 'subscription');
  const reloads = [];
  host.page.on('request', (request) => request.url().startsWith(`${sandbox.widgets}/subs`) && reloads.push(request));
  await widget.evaluate(() => {
    window.next = new Promise((resolve) => addEventListener('message', () => setTimeout(resolve), { once: true }));
  });
  // The sibling frame has the same origin as the host page, so the widget must also check the source of the message.
  await host.page.evaluate(() => {
    const sibling = document.createElement('iframe');
    document.body.append(sibling);
    const script = sibling.contentDocument.createElement('script');
    script.textContent = "parent.frames.subscription.postMessage({ type: 'on-complete', data: {} }, '*')";
    sibling.contentDocument.body.append(script);
  });
  await widget.evaluate(() => window.next);
  const reloaded = host.page.waitForEvent('framenavigated', (frame) => frame.name() === 'subscription');
  await host.page.evaluate(() => window.frames.subscription.postMessage({ type: 'on-complete', data: {} }, '*'));
  await reloaded;
  strictEqual(reloads.length, 1);
});
