// To whom the widgets speak: to the page that holds them, by its origin, and to none that is not of this machine.

import { deepStrictEqual, strictEqual } from 'node:assert';
import { FOREIGN } from './chromium.mjs';
import { scenes } from './scenes.mjs';
import { customer } from './seeds.mjs';
import { at, cancel, press } from './steps.mjs';

const names = ['named', 'silent', 'old', 'blind', 'foreign', 'between', 'stranger'];
const scene = scenes({ seed: { customers: names.map((name) => customer(`cus_${name}`, 'team')) } });
const NO_REFERRER = { path: '/no-referrer/' };

/** Takes down what frames post to their parents, and to which origin. */
async function posts(context) {
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

/** Takes from the widgets what tells them who holds them, as browsers without `ancestorOrigins` do. */
async function withoutAncestors(context, sandbox) {
  let taken = 0;
  await context.route(`${sandbox.widgets}/**/*.js`, async (route) => {
    const script = await sandbox.fetchFromWidgets(route.request().url());
    const body = script.replace(/\bancestorOrigins\b/g, () => `absent${++taken}`);
    await route.fulfill({ body, contentType: 'text/javascript' });
  });
  return () => taken;
}

/** All that is said from the hub to the end of the flow, and back. */
async function sayAll(host) {
  await at(host.hub, 'Your subscriptions');
  await press(host.hub, 'Cancel: Team');
  await cancel(host.retention, 'Team');
  await host.hears('on-cancelled');
  await press(host.retention, 'Done');
  await host.isClosed();
}

const ALL = ['cancel-subscription', 'close-dialog', 'on-cancelled', 'resize'];

for (const [name, where] of Object.entries({ named: {}, silent: NO_REFERRER })) {
  scene(`to the page's origin alone${where.path ? ', though it sends no referrer' : ''}`, async ({ context, hub }) => {
    const posted = await posts(context);
    const { host } = await hub({ customer_id: `cus_${name}` }, where);
    await sayAll(host);
    const origin = new URL(host.page.url()).origin;
    deepStrictEqual([...new Set(posted.map(({ target }) => target))], [origin]);
    deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), ALL);
  });
}

// Chromium lets such a frame keep nothing in a private window, so what it learned of its first page's referrer is gone.
scene(
  'by the referrer, in a browser without ancestorOrigins, and the id to nobody else',
  async ({ sandbox, context, hub }) => {
    const posted = await posts(context);
    const taken = await withoutAncestors(context, sandbox);
    const { host } = await hub({ customer_id: 'cus_old' });
    await sayAll(host);
    strictEqual(taken() > 0, true);
    const { origin } = new URL(host.page.url());
    const first = posted.slice(0, 3).map(({ type, target }) => [type, target]);
    deepStrictEqual(first, [
      ['resize', origin],
      ['cancel-subscription', origin],
      ['resize', origin],
    ]);
    const toAnybody = posted.filter(({ target }) => target !== origin);
    deepStrictEqual([...new Set(toAnybody.flatMap(({ data }) => Object.keys(data)))].sort(), ['height', 'iframe']);
    deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), ALL);
  },
);

scene(
  'where neither is known the session stays unsaid, and the flow opens in the hub',
  async ({ sandbox, context, hub }) => {
    const posted = await posts(context);
    await withoutAncestors(context, sandbox);
    const { host } = await hub({ customer_id: 'cus_blind' }, NO_REFERRER);
    await at(host.hub, 'Your subscriptions');
    await press(host.hub, 'Cancel: Team');
    await cancel(host.hub, 'Team');
    await host.hears('on-cancelled');
    await press(host.hub, 'Back to your subscriptions');
    await at(host.hub, 'Your subscriptions');
    deepStrictEqual([...new Set(posted.map(({ target }) => target))], ['*']);
    deepStrictEqual([...new Set(posted.map(({ type }) => type))].sort(), ['on-cancelled', 'resize']);
  },
);

// A frame that is refused shows an error of the browser's own.
const complaints = /frame-ancestors|chrome-error:|ERR_BLOCKED_BY_RESPONSE/;

/** Returns when the browser has refused the frame. */
function refused(context) {
  return context.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
}

scene('a page of another site gets no widget', { complaints }, async ({ sandbox, context, host: open }) => {
  const retention = await sandbox.mint('retention', { customer_id: 'cus_foreign' });
  const refusal = refused(context);
  const host = await open({ retention }, { name: FOREIGN });
  await host.startCancelling();
  await refusal;
  deepStrictEqual(await host.heard(), []);
});

scene('nor does one of this machine within it', { complaints }, async ({ sandbox, context, host: open, address }) => {
  const subscription = await sandbox.mint('subscription', { customer_id: 'cus_between' });
  const host = await open({}, { name: FOREIGN });
  const refusal = refused(context);
  await host.page.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
  }, address({ subscription }));
  await refusal;
});

scene('a stranger in the page cannot speak for it', async ({ sandbox, hub }) => {
  const { host } = await hub({ customer_id: 'cus_stranger' });
  await at(host.hub, 'Your subscriptions');
  const widget = host.page.frames().find((frame) => frame.name() === 'subscription');
  const reloads = [];
  host.page.on('request', (request) => request.url().startsWith(`${sandbox.widgets}/subs`) && reloads.push(request));
  await widget.evaluate(() => {
    window.next = new Promise((resolve) => addEventListener('message', () => setTimeout(resolve), { once: true }));
  });
  // Another frame, though of the page's own origin.
  await host.page.evaluate(() => {
    const stranger = document.createElement('iframe');
    document.body.append(stranger);
    const script = stranger.contentDocument.createElement('script');
    script.textContent = "parent.frames.subscription.postMessage({ type: 'on-complete', data: {} }, '*')";
    stranger.contentDocument.body.append(script);
  });
  await widget.evaluate(() => window.next);
  const reloaded = host.page.waitForEvent('framenavigated', (frame) => frame.name() === 'subscription');
  await host.page.evaluate(() => window.frames.subscription.postMessage({ type: 'on-complete', data: {} }, '*'));
  await reloaded;
  strictEqual(reloads.length, 1);
});
