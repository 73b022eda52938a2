// Copy buttons, language tabs, and the form that creates sessions.

import { element, openLink } from './feed.js';

/** Timeout of the request that the form sends. */
const TIMEOUT_MS = 15_000;

const byId = (id) => document.getElementById(id);

/** Announces a text to users of screen readers. */
function announce(text) {
  byId('announcement').textContent = text;
}

// Copies the text that belongs to a copy button. A page with an insecure origin, such as another machine over HTTP,
// cannot use the clipboard. Then the text is selected, so that the user can copy it.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    announce('Copied');
    const label = button.firstChild;
    label.data = 'Copied';
    setTimeout(() => {
      label.data = 'Copy';
    }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
    announce('Text selected. Copy it with the keyboard.');
  }
});

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(selected) {
  for (const tab of tabs) {
    tab.setAttribute('aria-selected', tab === selected);
    tab.tabIndex = tab === selected ? 0 : -1;
    byId(tab.getAttribute('aria-controls')).hidden = tab !== selected;
  }
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', (event) => {
    const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const selected = tabs.at(next % tabs.length);
    select(selected);
    selected.focus();
  });
}

const form = byId('form');
const { kind, customer_id, customer_email, subscription_id, private_key } = form.elements;
/** Returns the private key, which the page contains. If other machines can load the page, the user enters the key. */
const key = () => private_key?.value ?? byId('key').textContent;
const submit = form.querySelector('[type=submit]');

function showFields() {
  byId('subscription-field').hidden = kind.value !== 'retention';
}

form.addEventListener('change', showFields);
showFields();

document.addEventListener('click', ({ target }) => {
  const { customer } = target.dataset;
  if (!customer) return;
  customer_id.value = customer;
  customer_email.value = '';
  subscription_id.value = '';
  submit.focus();
  announce(`Customer id set to ${customer}`);
});

/** Returns the body of the session request. Empty fields of the form are left out. */
function requestBody() {
  const fields = { customer_id, customer_email, ...(kind.value === 'retention' && { subscription_id }) };
  const filled = Object.entries(fields).filter(([, { value }]) => value !== '');
  return { [kind.value]: Object.fromEntries(filled.map(([name, { value }]) => [name, value])) };
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (submit.ariaDisabled === 'true') return;
  submit.ariaDisabled = 'true';
  const started = performance.now();
  const elapsed = () => `after ${Math.round(performance.now() - started)} ms`;
  const sessionKind = kind.value;
  try {
    const response = await fetch(`/v1/${sessionKind}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-brand-key': key() },
      body: JSON.stringify(requestBody()),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = response;
    if (response.type === 'opaqueredirect')
      show('warning', 'Redirect', `${elapsed()}: clients do not follow redirects`);
    else
      show(
        response.ok ? 'success' : status < 500 ? 'warning' : 'error',
        status,
        elapsed(),
        await response.text(),
        sessionKind,
      );
  } catch (error) {
    const reason = error.name === 'TimeoutError' ? 'timeout' : 'the connection failed';
    show('error', 'No complete response', `${elapsed()}: ${reason}`);
  } finally {
    submit.ariaDisabled = 'false';
  }
});

function show(statusClass, status, text, body, sessionKind) {
  const content = [element('p', {}, element('span', { className: `chip ${statusClass}` }, status), ` ${text}`)];
  if (body) content.push(element('pre', {}, body.length > 2000 ? `${body.slice(0, 2000)}…` : body));
  const id = sessionId(body);
  if (id && document.body.hasAttribute('data-widgets')) content.push(element('p', {}, openLink(sessionKind, id)));
  byId('result').replaceChildren(...content);
}

function sessionId(body) {
  try {
    const { id } = JSON.parse(body);
    return /^(ret|sub)_/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
