// Host page: mounts the widgets of the sessions in the page's URL, and shows a log of the messages and callbacks.

import { Loader } from './loader.js';

/** Time after which the certificate hint appears if no widget has sent a message. */
const FIRST_MESSAGE_TIMEOUT_MS = 3000;

const byId = (id) => document.getElementById(id);
const log = byId('log');

const DIRECTIONS = { from: 'from the widget', to: 'to the hub', call: 'callback', note: 'loader' };

function element(name, className, text) {
  const created = document.createElement(name);
  created.className = className;
  created.textContent = text;
  return created;
}

let hintTimer;

/**
 * Starts the timer that shows the certificate hint. If no widget sends a message in time, the browser may not trust the
 * widgets' certificate.
 */
function startHintTimer() {
  clearTimeout(hintTimer);
  hintTimer = setTimeout(() => {
    byId('trust').hidden = false;
  }, FIRST_MESSAGE_TIMEOUT_MS);
}

function hideHint() {
  clearTimeout(hintTimer);
  byId('trust').hidden = true;
}

/** Formats the data of a message as JSON, with shortened session ids. */
function format(data) {
  return JSON.stringify(data).replace(/((?:ret|sub|r10)_[\w-]{6})[\w=-]{20,}/g, '$1…');
}

function logEvent(direction, type, data) {
  if (direction === 'from') hideHint();
  const line = document.createElement('li');
  line.dataset.direction = direction;
  line.append(
    element('time', '', new Date().toLocaleTimeString('en-GB')),
    element('span', 'faint', DIRECTIONS[direction]),
    element('strong', '', type),
  );
  if (data !== undefined) line.append(element('code', '', format(data)));
  log.append(line);
  line.scrollIntoView({ block: 'nearest' });
}

const CALLBACKS = ['onRetained', 'onCancelled', 'onComplete'];
const callbacks = Object.fromEntries(CALLBACKS.map((name) => [name, () => logEvent('call', name)]));
const loader = new Loader(document.body.dataset.widgetsUrl, callbacks, logEvent);

const cancel = byId('cancel-button');
if (cancel) {
  loader.mountCancelButton(cancel, cancel.dataset.session);
  cancel.addEventListener('click', startHintTimer);
}
const hub = byId('hub');
if (hub) {
  loader.mountSubscriptionHub(hub, hub.dataset.session);
  startHintTimer();
}
