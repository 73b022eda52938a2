// Requests that the forms send to the service, and their responses.

import { element, hasWidgets, openLink } from './page.js';

/** Timeout of a request. */
const TIMEOUT_MS = 15_000;

/** Maximum length of a shown body. */
const MAX_LENGTH = 2000;

/**
 * Sends a JSON request to the service when the form is submitted, and shows the response in `result`. `createRequest`
 * returns the path, the body and optional headers.
 */
export function sendOnSubmit(form, result, createRequest) {
  const submit = form.querySelector('[type=submit]');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled === 'true') return;
    submit.ariaDisabled = 'true';
    result.replaceChildren(...(await send(createRequest())));
    submit.ariaDisabled = 'false';
  });
}

/** Sends a request. Returns the elements that show its result. */
async function send({ path, body, headers }) {
  const started = performance.now();
  const elapsed = () => `after ${Math.round(performance.now() - started)} ms`;
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.type === 'opaqueredirect') {
      return [statusLine('warning', 'Redirect', `${elapsed()}: clients do not follow redirects`)];
    }
    return responseElements(response, await response.text(), elapsed());
  } catch (error) {
    const reason = error.name === 'TimeoutError' ? 'timeout' : 'the connection failed';
    return [statusLine('error', 'No complete response', `${elapsed()}: ${reason}`)];
  }
}

function statusLine(statusClass, status, text) {
  return element('p', {}, element('span', { className: `chip ${statusClass}` }, status), ` ${text}`);
}

function responseElements({ ok, status, headers }, body, elapsed) {
  const content = [statusLine(ok ? 'success' : status < 500 ? 'warning' : 'error', status, elapsed)];
  if (body) content.push(element('pre', {}, body.length > MAX_LENGTH ? `${body.slice(0, MAX_LENGTH)}…` : body));
  const note = headers.get('x-renumerate-sandbox-note');
  if (note) content.push(element('p', { className: 'problem' }, note));
  const { kind, id } = sessionOf(body);
  if (id && hasWidgets()) content.push(element('p', {}, openLink(kind, id)));
  return content;
}

const KINDS = { ret_: 'retention', sub_: 'subscription', r10_: 'handshake' };

/** Returns the kind and id of the session in the body of a response. Without a session, both are `undefined`. */
function sessionOf(body) {
  try {
    const { id = undefined, session } = JSON.parse(body);
    const sessionId = session?.sessionId ?? id;
    const kind = KINDS[sessionId.slice(0, 4)];
    return kind ? { kind, id: sessionId } : {};
  } catch {
    return {};
  }
}
