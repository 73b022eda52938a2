// The browser of somebody who has not trusted the sandbox yet.

import { deepStrictEqual, match } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { options } from './chromium.mjs';
import { Host } from './hosting.mjs';
import { scenes } from './scenes.mjs';

const scene = scenes();

scene('without that trust no page loads, and none speaks', async ({ sandbox, address }) => {
  const id = await sandbox.mint('retention', { customer_id: 'cus_1' });
  const home = mkdtempSync(join(tmpdir(), 'renumerate-untrusting-'));
  const browser = await chromium.launch(options(home, join(process.env.ARTEFACTS, 'net-log-untrusting.json')));
  try {
    const bare = await browser.newPage();
    const failure = await bare.goto(`${sandbox.widgets}/retention?session_id=${id}`).catch((error) => error);
    match(String(failure), /ERR_CERT_AUTHORITY_INVALID/);

    const page = await browser.newPage();
    await page.goto(address({ retention: id }));
    const host = new Host(page);
    const refusal = page.waitForEvent('requestfailed', (request) => request.url().startsWith(sandbox.widgets));
    await host.startCancelling();
    match((await refusal).failure().errorText, /ERR_CERT_AUTHORITY_INVALID/);
    deepStrictEqual(await host.heard(), []);
  } finally {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  }
});
