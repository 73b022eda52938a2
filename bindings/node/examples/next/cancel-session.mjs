// Creates the session of the server action. A separate module, so that tests can call it without Next.js.

import { Renumerate, RenumerateError } from '@renumerate/node';

const renumerate = new Renumerate({ timeout: 10_000 }); // shared by all requests; `next build` needs no key

/**
 * Returns a session as a plain object, because React does not accept instances of classes, or an error code.
 *
 * @param {string} customerId
 */
export async function createCancelSession(customerId) {
  try {
    return (await renumerate.createRetentionSession({ customerId })).toJSON();
  } catch (error) {
    if (!(error instanceof RenumerateError)) throw error;
    // The message contains neither the key nor a session id. It is for the log only: the page gets the code.
    console.error(`could not create a session: ${error.code}: ${error.message}`);
    return { error: error.code };
  }
}
