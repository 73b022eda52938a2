// Browser that does not trust the certificate authority of the sandbox.

import { deepStrictEqual, match } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { options } from './chromium.mjs';
import { sandboxTest } from './fixture.mjs';
import { HostPage } from './host-page.mjs';

const test = sandboxTest();

test('untrusted certificate blocks pages and messages', async ({ sandbox, hostUrl }) => {
  const id = await sandbox.createSession('retention', { customer_id: 'cus_1' });
  const home = mkdtempSync(join(tmpdir(), 'renumerate-untrusting-'));
  const browser = await chromium.launch(options(home, join(process.env.ARTEFACTS, 'net-log-untrusting.json')));
  try {
    const widgetPage = await browser.newPage();
    const failure = await widgetPage.goto(`${sandbox.widgets}/retention?session_id=${id}`).catch((error) => error);
    match(String(failure), /ERR_CERT_AUTHORITY_INVALID/);

    const page = await browser.newPage();
    await page.goto(hostUrl({ retention: id }));
    const host = new HostPage(page);
    const failedRequest = page.waitForEvent('requestfailed', (request) => request.url().startsWith(sandbox.widgets));
    await host.openCancelFlow();
    match((await failedRequest).failure().errorText, /ERR_CERT_AUTHORITY_INVALID/);
    deepStrictEqual(await host.messages(), []);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
});
