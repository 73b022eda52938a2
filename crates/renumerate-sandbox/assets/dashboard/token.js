// Handshake tokens: the form that creates one, the content and checks of a token, and its exchange.

import { announce, byId, element, privateKey } from './page.js';
import { sendOnSubmit } from './request.js';

const createForm = byId('token-form');
const exchangeForm = byId('exchange-form');
const report = byId('token-report');
const token = byId('token-text');

/** Sends a request to the sandbox's own paths, and returns the body of the response. */
async function post(path, body, headers) {
  const response = await fetch(`/_sandbox/token${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const json = await response.json();
  if (!response.ok) throw new Error(json.error);
  return json;
}

/** Runs `action`, and shows its error. */
async function orShowError(action) {
  try {
    await action();
  } catch (error) {
    clearInterval(countdown);
    report.replaceChildren(element('p', { className: 'problem' }, error.message));
    announce(error.message);
  }
}

async function create() {
  const body = { customer_id: createForm.elements.customer_id.value };
  const created = await post('', body, { 'x-brand-key': privateKey(createForm) });
  token.value = created.token;
  byId('exchange-result').replaceChildren();
  await check();
}

async function check() {
  const { parts, payload, checks } = await post('/check', { token: token.value });
  clearInterval(countdown);
  const content = [element('ul', { className: 'list checks' }, ...checks.map(checkItem))];
  if (parts) content.unshift(partList(parts));
  else if (payload) content.unshift(element('pre', {}, payload));
  report.replaceChildren(...content);
  const failed = checks.filter(({ valid }) => !valid).map(({ text, remedy }) => `${text}: ${remedy}`);
  announce(failed.join('. ') || 'The token is valid');
}

function checkItem({ name, valid, text, remedy }) {
  const chip = element('span', { className: `chip ${valid ? 'success' : 'error'}` }, valid ? 'ok' : 'failed');
  const problem = remedy ? element('p', { className: 'problem' }, remedy) : undefined;
  return element('li', {}, chip, element('strong', {}, name), element('span', {}, text), problem);
}

function partList({ public_key, customer_id, timestamp, expires_in_ms, nonce }) {
  const remaining = element('span', { className: 'faint' });
  showCountdown(remaining, performance.now() + expires_in_ms);
  const parts = {
    'Public key': [element('code', {}, public_key)],
    'Customer id': [element('code', {}, customer_id)],
    Timestamp: [element('time', {}, formatTime(timestamp)), remaining],
    Nonce: [element('code', {}, nonce)],
  };
  const rows = Object.entries(parts).flatMap(([name, values]) => [
    element('dt', {}, name),
    element('dd', {}, ...values),
  ]);
  return element('dl', { className: 'parts' }, ...rows);
}

/** Formats Unix milliseconds as local time. A number outside the range of dates is shown as it is. */
function formatTime(timestamp) {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? `${timestamp}` : date.toLocaleString('en-GB', { timeZoneName: 'short' });
}

let countdown;

/** Shows the time until `end`, a value of the clock `performance`, and updates it each second. */
function showCountdown(target, end) {
  const show = () => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    target.textContent = seconds > 0 ? `expires in ${clock}` : 'expired';
    if (seconds === 0) clearInterval(countdown);
  };
  countdown = setInterval(show, 1000);
  show();
}

createForm.addEventListener('submit', (event) => {
  event.preventDefault();
  orShowError(create);
});
byId('check-token').addEventListener('click', () => orShowError(check));
sendOnSubmit(exchangeForm, byId('exchange-result'), () => ({
  path: '/v1/session/exchange',
  body: { handshakeToken: token.value.trim() },
}));
