// Events that fail a test unless the test expects them: console errors, violations of the content security policy,
// dialogs of injected scripts, requests to other hosts.

import { deepStrictEqual } from 'node:assert';
import { isLocal } from './net-log.mjs';

/** Monitors all pages of a context. The returned function fails if there were events that the test does not expect. */
export async function monitor(context) {
  const events = [];
  context.on('console', (message) => {
    const { url } = message.location();
    // Ignore the missing icon of the widgets, which need no icon because they are shown in frames.
    if (url.endsWith('/favicon.ico') || !['error', 'warning'].includes(message.type())) return;
    events.push(`console: ${message.text()} ${url}`);
  });
  context.on('weberror', (webError) => events.push(`error: ${webError.error().stack}`));
  context.on('dialog', (dialog) => {
    events.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {}); // the promise is rejected if the context closes
  });
  context.on('request', (request) => {
    if (!isLocal(request.url())) events.push(`request: ${request.url()}`);
  });
  await context.exposeBinding('reportViolation', (_, text) => events.push(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return (expected) => {
    const unexpected = events.filter((text) => !expected?.test(text));
    deepStrictEqual(unexpected, [], 'unexpected events in the browser');
  };
}
