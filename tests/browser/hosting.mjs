// The team's page: its server, on an origin of its own, and what a test does and sees there.

import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const FILES = ['index.html', 'host.js', 'host.css'];

/** Serves the page on a port that the system chooses; `/no-referrer/` is the same page with that policy. */
export async function serveHost() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [, policy, wanted] = /^\/(?:(no-referrer)\/)?([^/]*)$/.exec(pathname) ?? [];
    const name = wanted || 'index.html';
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

/** The page in a browser. */
export class Host {
  constructor(page) {
    this.page = page;
  }

  /** The frame of the cancel flow, in its dialog. */
  get retention() {
    return this.page.frameLocator('iframe[name=retention]');
  }

  /** The frame of the SubscriptionHub. */
  get hub() {
    return this.page.frameLocator('iframe[name=subscription]');
  }

  /** The text that stands where a widget failed. */
  get fallback() {
    return this.page.getByRole('alert');
  }

  /** Presses the cancel button, and returns the flow's frame. */
  async startCancelling() {
    await this.page.getByRole('button', { name: 'Cancel subscription' }).click();
    return this.retention;
  }

  /** Closes the dialog as people do who have changed their mind. */
  async closeDialog() {
    await this.page.getByRole('button', { name: 'Close', exact: true }).click();
    await this.isClosed();
  }

  /** Returns when there is no dialog, and the page has been told so. */
  async isClosed() {
    await this.page.locator('dialog').waitFor({ state: 'detached' });
  }

  /** All messages so far, or those of these types: each with `origin`, `from`, `type`, `data`. */
  heard(...types) {
    return this.page.evaluate((types) => heard.filter(({ type }) => !types.length || types.includes(type)), types);
  }

  /** The messages of a type, once there are so many. */
  async hears(type, count = 1) {
    const enough = ({ type, count }) => heard.filter((message) => message.type === type).length >= count;
    await this.page.waitForFunction(enough, { type, count });
    return this.heard(type);
  }

  /**
   * Checks the names of the callbacks that were called, in order. A widget shows its page before the message about it
   * arrives, so this waits for as many calls as are expected.
   */
  async hasCalled(expected) {
    const enough = (count) => called.length >= count;
    await this.page.waitForFunction(enough, expected.length).catch(() => {}); // the comparison reports what is missing
    deepStrictEqual(await this.page.evaluate(() => called), expected);
  }
}
