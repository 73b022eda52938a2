// Copy buttons, language tabs, and the form that creates sessions.

import { announce, byId, privateKey } from './page.js';
import { sendOnSubmit } from './request.js';

// Copies the text that belongs to a copy button. A page with an insecure origin, such as another machine over HTTP,
// cannot use the clipboard. Then the text is selected, so that the user can copy it.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  const source = byId(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    announce('Copied');
    const label = button.firstChild;
    label.data = 'Copied';
    setTimeout(() => {
      label.data = 'Copy';
    }, 1500);
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
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
const { kind, customer_id, customer_email, subscription_id } = form.elements;
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
  byId('token-form').elements.customer_id.value = customer;
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

sendOnSubmit(form, byId('result'), () => ({
  path: `/v1/${kind.value}/session`,
  headers: { 'x-brand-key': privateKey(form) },
  body: requestBody(),
}));
