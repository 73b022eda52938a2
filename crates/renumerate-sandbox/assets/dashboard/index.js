// Copying, the languages' tabs, and the form that mints sessions.

import { element, openLink } from './feed.js';

/** A client would have given up on an answer that does not come: so does the form. */
const PATIENCE_MS = 15_000;

const byId = (id) => document.getElementById(id);

/** Says something to those who cannot see that it happened. */
function say(text) {
  byId('said').textContent = text;
}

// On a page that is not of this machine there is no clipboard: what would be copied is selected.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    say('Copied');
    const label = button.firstChild;
    label.data = 'Copied';
    setTimeout(() => {
      label.data = 'Copy';
    }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
    say('Selected: copy it with the keyboard');
  }
});

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(chosen) {
  for (const tab of tabs) {
    tab.setAttribute('aria-selected', tab === chosen);
    tab.tabIndex = tab === chosen ? 0 : -1;
    byId(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
  }
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', (event) => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const chosen = tabs.at(next % tabs.length);
    select(chosen);
    chosen.focus();
  });
}

const form = byId('form');
const { kind, customer_id, customer_email, subscription_id, private_key } = form.elements;
/** The page has the key, or asks for it where other machines can load the page. */
const key = () => private_key?.value ?? byId('key').textContent;
const submit = form.querySelector('[type=submit]');

function showFields() {
  byId('of-retention').hidden = kind.value !== 'retention';
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
  say(`The form has ${customer}`);
});

/** What a backend sends: fields that are empty are left out. */
function asked() {
  const fields = { customer_id, customer_email, ...(kind.value === 'retention' && { subscription_id }) };
  const filled = Object.entries(fields).filter(([, { value }]) => value !== '');
  return { [kind.value]: Object.fromEntries(filled.map(([name, { value }]) => [name, value])) };
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (submit.ariaDisabled === 'true') return;
  submit.ariaDisabled = 'true';
  const started = performance.now();
  const after = () => `after ${Math.round(performance.now() - started)} ms`;
  const of = kind.value;
  try {
    const response = await fetch(`/v1/${of}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-brand-key': key() },
      body: JSON.stringify(asked()),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { status } = response;
    if (response.type === 'opaqueredirect')
      show('odd', 'Redirect', `to somewhere else, ${after()}: a client does not follow it`);
    else show(response.ok ? 'good' : status < 500 ? 'odd' : 'bad', status, after(), await response.text(), of);
  } catch (error) {
    const why = error.name === 'TimeoutError' ? 'it was waited for no longer' : 'the connection failed';
    show('bad', 'No whole answer', `${after()}: ${why}`);
  } finally {
    submit.ariaDisabled = 'false';
  }
});

function show(mood, status, words, body, of) {
  const said = [element('p', {}, element('span', { className: `chip ${mood}` }, status), ` ${words}`)];
  if (body) said.push(element('pre', {}, body.length > 2000 ? `${body.slice(0, 2000)}…` : body));
  const id = sessionId(body);
  if (id && document.body.hasAttribute('data-widgets')) said.push(element('p', {}, openLink(of, id)));
  byId('result').replaceChildren(...said);
}

function sessionId(body) {
  try {
    const { id } = JSON.parse(body);
    return /^(ret|sub)_/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
