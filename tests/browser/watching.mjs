// What must happen in no test: complaints of the browser, breaches of the content security policy, scripts of customers,
// requests to others.

import { deepStrictEqual } from 'node:assert';
import { isOurs } from './strangers.mjs';

/** Watches all pages of a context from now on; `verify` fails where there was anything but what the test expects. */
export async function watch(context) {
  const seen = [];
  context.on('console', (message) => {
    const { url } = message.location();
    // Widgets are shown in frames, which have no icon.
    if (url.endsWith('/favicon.ico') || !['error', 'warning'].includes(message.type())) return;
    seen.push(`console: ${message.text()} ${url}`);
  });
  context.on('weberror', (thrown) => seen.push(`error: ${thrown.error().stack}`));
  context.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on('request', (request) => {
    if (!isOurs(request.url())) seen.push(`request: ${request.url()}`);
  });
  await context.exposeBinding('reportViolation', (_, text) => seen.push(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return (expected) => {
    const left = seen.filter((text) => !expected?.test(text));
    deepStrictEqual(left, [], 'the browser complains of nothing');
  };
}
