// What tests share.

import { after, before } from 'node:test';
import { Sandbox } from '@renumerate/node/testing';

/** A key that must show nowhere. */
export const KEY = 'sk_sandbox_planted1';

export { ID } from './id.mjs';

/** A sandbox for the tests of a file, as `running.sandbox` once they run. */
export function sandboxOfThisFile() {
  const running = {};
  before(async () => {
    running.sandbox = await Sandbox.start({ privateKey: KEY });
  });
  after(() => running.sandbox.stop());
  return running;
}

/** What the promise rejects with; fails where it does not. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** What the function throws; fails where it does not. */
export function thrown(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
