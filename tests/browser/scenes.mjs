// What tests share: a sandbox and the team's server for each file, and a scene for each test.

import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Host, serveHost } from './hosting.mjs';
import { Sandbox } from './sandbox.mjs';
import { watch } from './watching.mjs';

/** Milliseconds for anything to come; the machine may be busy. */
const PATIENCE = 20_000;
const VIEWPORT = { width: 1000, height: 1200 };

/**
 * A sandbox for the tests of a file, and `scene(name, options, work)` for one test in a context of its own. Of the options,
 * `complaints` says what the browser may complain of; the others are the context's.
 */
export function scenes({ seed, given = [] } = {}) {
  const shared = {};
  before(async () => {
    shared.sandbox = await Sandbox.start(seed, ...given);
    shared.server = await serveHost();
    shared.browser = await chromium.connect(process.env.BROWSER);
  });
  after(async () => {
    await shared.browser?.close();
    shared.server?.close();
    await shared.sandbox?.stop();
  });
  return (name, ...rest) => {
    const work = rest.pop();
    const { complaints, ...options } = rest.pop() ?? {};
    test(name, { timeout: 5 * PATIENCE }, async () => {
      const context = await shared.browser.newContext({ viewport: VIEWPORT, ...options });
      context.setDefaultTimeout(PATIENCE);
      try {
        const verify = await watch(context);
        await work(sceneOf(shared, context));
        verify(complaints);
      } catch (error) {
        await picture(context, `failed-${name}`);
        throw error;
      } finally {
        await context.close();
      }
    });
  };
}

/** What a test has at hand. */
function sceneOf({ sandbox, server }, context) {
  /** The address of the team's page for these ids. */
  function address(ids, { name = 'localhost', path = '/' } = {}) {
    const query = new URLSearchParams({ widgets: sandbox.widgets, ...ids });
    return `http://${name}:${server.port}${path}?${query}`;
  }

  /** The team's page for these ids. */
  async function host(ids, where) {
    const page = await context.newPage();
    await page.goto(address(ids, where));
    return new Host(page);
  }

  /** The team's page with a new retention session, and the session's id. */
  async function cancelButton(customer, where) {
    const id = await sandbox.mint('retention', customer);
    return { id, host: await host({ retention: id }, where) };
  }

  /** The team's page with a hub for a new subscription session, and the session's id. */
  async function hub(customer, where) {
    const id = await sandbox.mint('subscription', customer);
    return { id, host: await host({ subscription: id }, where) };
  }

  /** A widget's page by itself, as no frame, with a new session. */
  async function bare(kind, customer) {
    const id = await sandbox.mint(kind, customer);
    const page = await context.newPage();
    await page.goto(`${sandbox.widgets}/${kind === 'retention' ? 'retention' : 'subs'}?session_id=${id}`);
    return page;
  }

  return { sandbox, context, address, host, cancelButton, hub, bare };
}

async function picture(context, name) {
  for (const [at, page] of context.pages().entries()) {
    const path = join(process.env.ARTEFACTS, `${name.replace(/\W+/g, '-')}-${at}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
  }
}
