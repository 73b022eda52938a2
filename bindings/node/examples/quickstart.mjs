// Creates a session for the cancel flow and prints its id.
//
// RENUMERATE_PRIVATE_KEY=… node quickstart.mjs [CUSTOMER_ID]

import { NotFoundError, Renumerate, RenumerateError } from '@renumerate/node';

const [customerId = 'cus_NffrFeUfNV2Hib'] = process.argv.slice(2);
try {
  const renumerate = new Renumerate();
  const session = await renumerate.createRetentionSession({ customerId });
  console.log(session.id); // ret_…, only for the page of this customer; real code does not log it
} catch (error) {
  if (!(error instanceof RenumerateError)) throw error;
  const missing = error instanceof NotFoundError;
  console.error(missing ? `there is no customer ${customerId}` : `${error.code}: ${error.message}`);
  process.exitCode = 1;
}
