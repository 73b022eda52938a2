// What a widget tells the page around it, in the vendor's messages. The pages themselves work without this file.
'use strict';

const { frame, message, address } = document.body.dataset;
const parentOrigin = originOfParent();

/** The origin of the page around this one; `null` where it cannot be known. */
function originOfParent() {
  const [nearest] = window.location.ancestorOrigins ?? [];
  if (nearest) return nearest === 'null' ? null : nearest;
  // Browsers without `ancestorOrigins` tell it by the referrer, on the first page of the frame: on later ones that is
  // the page before.
  const { origin } = window.location;
  const referrer = document.referrer && new URL(document.referrer).origin;
  try {
    if (referrer && referrer !== origin) sessionStorage.setItem('parent', referrer);
    return sessionStorage.getItem('parent');
  } catch {
    return referrer && referrer !== origin ? referrer : null; // a frame without storage
  }
}

/** Tells the page around this one something that says nothing of the customer. */
function tell(type, data = {}) {
  if (window.parent !== window) window.parent.postMessage({ type, data }, parentOrigin ?? '*');
}

/** Asks the server, by this form, and then the page around this one, to open the cancel flow. */
async function askToCancel(form, button) {
  const said = new URLSearchParams(new FormData(form));
  const sessionId = said.get('session_id');
  said.set('told', 'yes');
  const answer = await fetch(button.formAction, { method: 'POST', body: said });
  if (answer.status !== 204) return window.location.replace(address); // what is cancelled already, or can no longer be
  window.parent.postMessage({ type: 'cancel-subscription', data: { sessionId } }, parentOrigin);
}

let height = 0;
new ResizeObserver(() => {
  const now = Math.ceil(document.body.getBoundingClientRect().height);
  if (now === height || now <= 0) return;
  height = now;
  tell('resize', { iframe: frame, height });
}).observe(document.body);

if (message) tell(message, message === 'catastrophic-failure' ? { iframe: frame } : {});

// What a form has led to is not asked for again when the page is loaded anew.
if (address) window.history.replaceState(null, '', address);

// A new page of the flow is read from its heading. The first one leaves the focus where the page around it has it.
const heading = document.querySelector('h1');
if (heading && document.referrer.startsWith(`${window.location.origin}/`)) {
  heading.tabIndex = -1;
  heading.focus();
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]')) tell('close-dialog');
});

let sent = false;
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  // The id opens the customer's flow: it goes to a page that is known, or the flow opens in this frame.
  if (button?.hasAttribute('data-cancel') && parentOrigin && window.parent !== window) {
    event.preventDefault();
    askToCancel(event.target, button).catch(() => {
      event.target.action = button.formAction;
      event.target.submit();
    });
    return;
  }
  // A second click would take the place of the first one's answer, which tells how it ended.
  if (sent) event.preventDefault();
  sent = true;
});

window.addEventListener('message', ({ source, origin, data }) => {
  const isParent = source === window.parent && source !== window && (!parentOrigin || origin === parentOrigin);
  if (isParent && data?.type === 'on-complete' && address) window.location.replace(address);
});
