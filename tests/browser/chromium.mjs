// Chromium, with options that prevent background requests and connections to other machines.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Host name that stands for a foreign site. In the tests, names below `.test` resolve to this machine. */
export const FOREIGN = 'foreign.test';

const HOST_RULES = `MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`;

const NO_BACKGROUND_REQUESTS = [
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--no-proxy-server',
  // Some background requests cannot be disabled. These options direct them to a local port that Chromium blocks.
  '--component-updater=url-source=http://127.0.0.1:9/',
  '--gaia-url=http://127.0.0.1:9/',
  '--autofill-server-url=http://127.0.0.1:9/',
];

/**
 * Returns the path of Chromium: the value of `CHROMIUM` or, without it, the first program in the PATH whose name is in
 * `NAMES`.
 */
export function findChromium() {
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = process.env.CHROMIUM ?? candidates.find(isProgram);
  if (!found)
    throw new Error(`none of ${NAMES.join(', ')} is on the PATH: install Chromium, or set CHROMIUM to its path`);
  return found;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns Chromium's launch options with this home folder and this file for the network log. */
export function options(home, netLog) {
  return {
    executablePath: findChromium(),
    headless: !process.env.HEADED,
    // Chromium's own sandbox cannot run as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...NO_BACKGROUND_REQUESTS, `--host-resolver-rules=${HOST_RULES}`, `--log-net-log=${netLog}`],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined },
  };
}

/** Starts a browser to which several processes can connect. Its `wsEndpoint()` is the address. */
export function serve(home, netLog) {
  return chromium.launchServer({ ...options(home, netLog), host: '127.0.0.1' });
}
