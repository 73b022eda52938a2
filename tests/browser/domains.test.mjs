// Host pages on development domains other than localhost: a name of this machine, and a tunnel with HTTPS. They can use
// the widgets only if the sandbox allows their origin.

import { deepStrictEqual } from 'node:assert';
import { FOREIGN } from './chromium.mjs';
import { sandboxTest } from './fixture.mjs';
import { customer, subscriptionOf } from './seeds.mjs';
import { cancel, expectHeading, press } from './steps.mjs';

const TUNNEL = 'https://shop-1234.tunnel.test';
const test = sandboxTest({
  seed: { customers: ['app', 'tunnel'].map((name) => customer(`cus_${name}`, 'team', 'business')) },
  args: (port) => ['--allow-origin', `http://app.test:${port}`, '--allow-origin', TUNNEL],
});

// A tunnel has a public address. Chromium asks the user before a page with such an address connects to this machine.
const permissions = ['local-network-access'];

/** Opens both widgets with an exchanged token. Cancels a subscription from the hub, and keeps one in the dialog. */
async function useWidgets({ sandbox, openHost }, id, options) {
  const host = await openHost({ customer: id }, options);
  await expectHeading(host.hub, 'Your subscriptions');
  const { session_id: session } = await host.parametersOf('subscription');
  await press(host.hub, 'Cancel: Business');
  await cancel(host.retention, 'Business');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.hub.getByRole('article', { name: 'Business' }).getByText('Cancelled').waitFor();
  await host.openCancelFlow();
  await press(host.retention, 'Keep my subscription');
  await press(host.retention, 'Done');
  await host.waitForClose();
  await host.expectCallbacks(['onCancelled', 'onComplete', 'onRetained', 'onComplete']);
  const messages = (await host.messages()).filter(({ type }) => type !== 'resize');
  const flow = (decision) => [
    ['retention', sandbox.widgets, decision, {}],
    ['retention', sandbox.widgets, 'close-dialog', {}],
  ];
  deepStrictEqual(
    messages.map(({ from, origin, type, data }) => [from, origin, type, data]),
    [
      [
        'subscription',
        sandbox.widgets,
        'cancel-subscription',
        { sessionId: session, subscriptionId: subscriptionOf(id, 1) },
      ],
      ...flow('on-cancelled'),
      ...flow('on-retained'),
    ],
  );
  const resized = (await host.messages('resize')).map(({ from, data }) => `${from} ${data.iframe}`);
  deepStrictEqual([...new Set(resized)].sort(), ['retention retention', 'subscription subscription']);
  deepStrictEqual(
    (await sandbox.outcomes(session)).map(({ outcome }) => outcome),
    ['cancelled', 'retained'],
  );
}

test('allowed page on another name of this machine uses both widgets', (fixture) =>
  useWidgets(fixture, 'cus_app', { name: 'app.test' }));

test('allowed page behind a tunnel uses both widgets', { permissions }, async (fixture) => {
  await fixture.tunnel(TUNNEL);
  await useWidgets(fixture, 'cus_tunnel', { origin: TUNNEL });
});

// These errors occur if the browser blocks a frame and shows its own error page in the frame.
const expectedErrors = /frame-ancestors|chrome-error:|ERR_BLOCKED_BY_RESPONSE/;
const OTHER_TUNNEL = 'https://shop-5678.tunnel.test';
for (const [description, options] of [
  ['another name of this machine', { name: FOREIGN }],
  ['another tunnel', { origin: OTHER_TUNNEL }],
  ['the allowed name with another scheme', { origin: 'https://app.test' }],
]) {
  test(`page on ${description} cannot embed the widgets`, { permissions, expectedErrors }, async ({
    context,
    tunnel,
    openHost,
  }) => {
    if (options.origin) await tunnel(options.origin);
    const refusal = () => context.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    let refused = refusal();
    const host = await openHost({ customer: 'cus_app' }, options);
    await refused;
    refused = refusal();
    await host.openCancelFlow();
    await refused;
    deepStrictEqual(await host.messages(), []);
  });
}
