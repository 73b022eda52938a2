// Sends the vendor's messages to the embedding page. The widgets' pages also work without this script.
'use strict';

const { frame, message, address } = document.body.dataset;
const parentOrigin = originOfParent();

/** Returns the origin of the embedding page; `null` if the origin is unknown. */
function originOfParent() {
  const [nearest] = window.location.ancestorOrigins ?? [];
  if (nearest) return nearest === 'null' ? null : nearest;
  // In browsers without `ancestorOrigins`, only the referrer of the frame's first page contains the origin. Store the
  // origin, because the referrer of each later page is the frame's previous page.
  const { origin } = window.location;
  const referrer = document.referrer && new URL(document.referrer).origin;
  try {
    if (referrer && referrer !== origin) sessionStorage.setItem('parent', referrer);
    return sessionStorage.getItem('parent');
  } catch {
    return referrer && referrer !== origin ? referrer : null; // the browser gives the frame no storage
  }
}

/**
 * Sends a message to the embedding page. If the page's origin is unknown, any site can receive the message, so the
 * message must not contain customer data.
 */
function notifyParent(type, data = {}) {
  if (window.parent !== window) window.parent.postMessage({ type, data }, parentOrigin ?? '*');
}

/** Records the request for the cancel flow on the server, and then asks the embedding page to open the flow. */
async function requestCancelFlow(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  const sessionId = fields.get('session_id');
  const data = { sessionId };
  // A session of the newer contract can open the flow of each subscription, so the message names the subscription.
  if (sessionId.startsWith('r10_')) data.subscriptionId = fields.get('subscription');
  fields.set('told', 'yes');
  const response = await fetch(button.formAction, { method: 'POST', body: fields });
  // If the server has not recorded the request, show the current state: the subscription may already be cancelled.
  if (response.status !== 204) return window.location.replace(address);
  window.parent.postMessage({ type: 'cancel-subscription', data }, parentOrigin);
}

let height = 0;
new ResizeObserver(() => {
  const newHeight = Math.ceil(document.body.getBoundingClientRect().height);
  if (newHeight === height || newHeight <= 0) return;
  height = newHeight;
  notifyParent('resize', { iframe: frame, height });
}).observe(document.body);

if (message) notifyParent(message, message === 'catastrophic-failure' ? { iframe: frame } : {});

// Replace the address, so that a reload does not send the form again.
if (address) window.history.replaceState(null, '', address);

// The first page in the frame leaves the focus in the embedding page. Each later page moves the focus to its first
// invalid field or, without one, to its heading.
const target = document.querySelector('[aria-invalid]') ?? document.querySelector('h1');
if (target && document.referrer.startsWith(`${window.location.origin}/`)) {
  if (target.matches('h1')) target.tabIndex = -1;
  target.focus();
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]')) notifyParent('close-dialog');
});

let sent = false;
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  // The message that requests the cancel flow contains the session id, so it is sent only to a known origin. If the
  // origin is unknown, the flow opens in this frame.
  if (button?.hasAttribute('data-cancel') && parentOrigin && window.parent !== window) {
    event.preventDefault();
    requestCancelFlow(event.target, button).catch(() => {
      event.target.action = button.formAction;
      event.target.submit();
    });
    return;
  }
  // Ignore a second submit, because its response would replace the first response, which contains the result.
  if (sent) event.preventDefault();
  sent = true;
});

window.addEventListener('message', ({ source, origin, data }) => {
  const isParent = source === window.parent && source !== window && (!parentOrigin || origin === parentOrigin);
  if (isParent && data?.type === 'on-complete' && address) window.location.replace(address);
});
