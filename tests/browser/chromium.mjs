// Which browser runs the tests, and how: one that asks for nothing on its own, and that finds nobody but this machine.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A name that leads to this machine and is not loopback: the site of somebody else. */
export const FOREIGN = 'foreign.test';

const HOSTS = `MAP ${FOREIGN} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`;

const QUIET = [
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
  // What it asks its maker for all the same goes to a port of this machine that no browser connects to; what else it may
  // ask for finds no address.
  '--component-updater=url-source=http://127.0.0.1:9/',
  '--gaia-url=http://127.0.0.1:9/',
  '--autofill-server-url=http://127.0.0.1:9/',
];

/** The program; `CHROMIUM` may name another one than the first on the path. */
export function findChromium() {
  const there = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = process.env.CHROMIUM ?? there.find(isProgram);
  if (!found) throw new Error(`there is no ${NAMES.join(', ')} on the path: install Chromium, or name it by CHROMIUM`);
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

/** How to start it for a user whose home is this folder. It writes what it does on the network into the file. */
export function options(home, netLog) {
  return {
    executablePath: findChromium(),
    headless: !process.env.HEADED,
    // Its own sandbox cannot be had by root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...QUIET, `--host-resolver-rules=${HOSTS}`, `--log-net-log=${netLog}`],
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined },
  };
}

/** A browser for many processes, which connect to its `wsEndpoint()`. */
export function serve(home, netLog) {
  return chromium.launchServer({ ...options(home, netLog), host: '127.0.0.1' });
}
