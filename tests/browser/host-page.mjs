// Host page of the tests: its server, whose origin differs from that of the widgets, and its page object.

import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const FILES = ['index.html', 'library.js', 'host.js', 'host.css'];

/**
 * Serves the host page on a free port. `/no-referrer/` is the same page with the referrer policy `no-referrer`.
 * `/api/renumerate-token` returns a handshake token, which `createToken` creates. The customer is a parameter of the
 * query, because the host page has no sign-in.
 */
export async function serveHost(createToken) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/api/renumerate-token') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      return response.end(JSON.stringify({ token: createToken(searchParams.get('customer')) }));
    }
    const [, policy, path] = /^\/(?:(no-referrer)\/)?([^/]*)$/.exec(pathname) ?? [];
    const name = path || 'index.html';
    if (!FILES.includes(name)) return response.writeHead(404).end();
    const headers = { 'content-type': TYPES[name.split('.')[1]], 'cache-control': 'no-store' };
    if (policy) headers['referrer-policy'] = policy;
    response.writeHead(200, headers).end(readFileSync(join(import.meta.dirname, 'host', name)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Host page in a browser. */
export class HostPage {
  constructor(page) {
    this.page = page;
  }

  /** Frame of the cancel flow, in its dialog. */
  get retention() {
    return this.page.frameLocator('iframe[name=retention]');
  }

  /** Frame of the SubscriptionHub. */
  get hub() {
    return this.page.frameLocator('iframe[name=subscription]');
  }

  /** Returns the parameters in the URL of a frame. */
  async parametersOf(name) {
    const source = await this.page.locator(`iframe[name=${name}]`).getAttribute('src');
    return Object.fromEntries(new URL(source).searchParams);
  }

  /** Text that is shown in place of a widget that failed. */
  get fallback() {
    return this.page.getByRole('alert');
  }

  /** Presses the cancel button, and returns the frame of the cancel flow. */
  async openCancelFlow() {
    await this.page.getByRole('button', { name: 'Cancel subscription' }).click();
    return this.retention;
  }

  /** Closes the dialog with its button. */
  async closeDialog() {
    await this.page.getByRole('button', { name: 'Close', exact: true }).click();
    await this.waitForClose();
  }

  /** Closes the dialog, and waits until the hub has loaded again. */
  async closeDialogOverHub() {
    const loaded = this.page.waitForEvent('framenavigated', (frame) => frame.name() === 'subscription');
    await this.closeDialog();
    await loaded;
  }

  /** Waits until the dialog is closed and removed. */
  async waitForClose() {
    await this.page.locator('dialog').waitFor({ state: 'detached' });
  }

  /** Sends a message from the hub's frame, and waits until the host page has received it. */
  async sendFromHub(type, data = {}) {
    const count = (await this.messages(type)).length;
    const hub = this.page.frames().find((frame) => frame.name() === 'subscription');
    await hub.evaluate((message) => parent.postMessage(message, '*'), { type, data });
    await this.waitForMessages(type, count + 1);
  }

  /**
   * Returns the received messages of these types or, without arguments, of all types. Each message has `origin`,
   * `from`, `type` and `data`.
   */
  messages(...types) {
    return this.page.evaluate((types) => messages.filter(({ type }) => !types.length || types.includes(type)), types);
  }

  /** Waits for `count` messages of a type, and returns them. */
  async waitForMessages(type, count = 1) {
    const enough = ({ type, count }) => messages.filter((message) => message.type === type).length >= count;
    await this.page.waitForFunction(enough, { type, count });
    return this.messages(type);
  }

  /**
   * Checks the names of the callbacks that were called, in order. A widget's page is visible before the page's message
   * arrives, so this method first waits for the expected number of calls.
   */
  async expectCallbacks(expected) {
    const enough = (count) => callbacks.length >= count;
    await this.page.waitForFunction(enough, expected.length).catch(() => {}); // the comparison reports missing calls
    deepStrictEqual(await this.page.evaluate(() => callbacks), expected);
  }
}
