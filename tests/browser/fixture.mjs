// Test fixture: each test file has its own sandbox and its own host page server. Each test has its own browser context.

import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { HostPage, serveHost } from './host-page.mjs';
import { monitor } from './monitor.mjs';
import { Sandbox } from './sandbox.mjs';

/** Timeout of each step in milliseconds, long enough for a busy machine. */
const TIMEOUT = 20_000;
const VIEWPORT = { width: 1000, height: 1200 };

/**
 * Starts a sandbox for the tests of a file, and returns the function `test(name, options, run)`, which defines a test
 * with a browser context. Events that match the regular expression `options.expectedErrors` do not fail the test. All
 * other fields of `options` are options of the browser context. `args` are additional arguments of the command, or a
 * function that returns them for the port of the host page.
 */
export function sandboxTest({ seed, args = [] } = {}) {
  const shared = {};
  before(async () => {
    shared.server = await serveHost((customer) => shared.sandbox.createToken(customer));
    shared.sandbox = await Sandbox.start(seed, ...(typeof args === 'function' ? args(shared.server.port) : args));
    shared.browser = await chromium.connect(process.env.BROWSER);
  });
  after(async () => {
    await shared.browser?.close();
    shared.server?.close();
    await shared.sandbox?.stop();
  });
  return (name, ...rest) => {
    const run = rest.pop();
    const { expectedErrors, ...options } = rest.pop() ?? {};
    test(name, { timeout: 5 * TIMEOUT }, async () => {
      const context = await shared.browser.newContext({ viewport: VIEWPORT, ...options });
      context.setDefaultTimeout(TIMEOUT);
      try {
        const verify = await monitor(context);
        await run(fixtureOf(shared, context));
        verify(expectedErrors);
      } catch (error) {
        await takeScreenshots(context, `failed-${name}`);
        throw error;
      } finally {
        await context.close();
      }
    });
  };
}

/** Returns the fixture of a test: the sandbox, the browser context, and functions that open pages. */
function fixtureOf({ sandbox, server }, context) {
  /**
   * Returns the URL of the host page. `ids` contains the session ids by kind, or the id of the `customer` for whom
   * the page gets handshake tokens.
   */
  function hostUrl(ids, { name = 'localhost', origin = `http://${name}:${server.port}`, path = '/' } = {}) {
    const query = new URLSearchParams({ widgets: sandbox.widgets, ...ids });
    return `${origin}${path}?${query}`;
  }

  /** Opens the host page. The parameters are those of `hostUrl`. */
  async function openHost(ids, options) {
    const page = await context.newPage();
    await page.goto(hostUrl(ids, options));
    return new HostPage(page);
  }

  /** Opens the host page with the cancel button of a new retention session. */
  async function cancelButton(customer, options) {
    const id = await sandbox.createSession('retention', customer);
    return { id, host: await openHost({ retention: id }, options) };
  }

  /** Opens the host page with the hub of a new subscription session. */
  async function hub(customer, options) {
    const id = await sandbox.createSession('subscription', customer);
    return { id, host: await openHost({ subscription: id }, options) };
  }

  /** Opens a widget outside a frame, with a new session. */
  async function openWidget(kind, customer) {
    const id = await sandbox.createSession(kind, customer);
    const page = await context.newPage();
    await page.goto(`${sandbox.widgets}/${kind === 'retention' ? 'retention' : 'subs'}?session_id=${id}`);
    return page;
  }

  /** Serves the host page at another origin, as a tunnel to this machine does. */
  async function tunnel(origin) {
    await context.route(`${origin}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      const response = await fetch(`http://127.0.0.1:${server.port}${pathname}${search}`);
      const headers = Object.fromEntries(response.headers);
      await route.fulfill({ status: response.status, headers, body: await response.text() });
    });
  }

  return { sandbox, context, tunnel, hostUrl, openHost, cancelButton, hub, openWidget };
}

async function takeScreenshots(context, name) {
  for (const [index, page] of context.pages().entries()) {
    const path = join(process.env.ARTEFACTS, `${name.replace(/\W+/g, '-')}-${index}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
  }
}
