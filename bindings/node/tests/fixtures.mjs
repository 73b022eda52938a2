// Helpers of all tests.

import { after, before } from 'node:test';
import { Sandbox } from '@renumerate/node/testing';

/** A canary key. No output may contain it. */
export const KEY = 'sk_sandbox_planted1';

/** Returns the payload of a handshake token. */
export function payloadOf(token) {
  return JSON.parse(Buffer.from(token.split('.', 1).join(), 'base64url'));
}

export { ID } from './session-id.mjs';

/** Starts one sandbox for all tests of a file. Tests read it from the property `sandbox`. */
export function startSandbox() {
  const running = {};
  before(async () => {
    running.sandbox = await Sandbox.start({ privateKey: KEY });
  });
  after(() => running.sandbox.stop());
  return running;
}

/** Returns the error that the promise rejects with. Fails if the promise resolves. */
export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise did not reject');
}

/** Returns the error that the function throws. Fails if it throws nothing. */
export function thrown(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('the function did not throw');
}
