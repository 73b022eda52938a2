// A page as a team has it: it mounts what its query names, and writes down what is said.

import { Loader } from './loader.js';

/** Frames that say nothing for longer may be those of a certificate that is not trusted. */
const SILENCE_MS = 3000;

const byId = (id) => document.getElementById(id);
const log = byId('log');

const DIRECTIONS = { from: 'from the widget', to: 'to the hub', call: 'callback', note: 'loader' };

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

let silence;

/** The hint is there as long as a frame is silent. */
function awaitWord() {
  clearTimeout(silence);
  silence = setTimeout(() => {
    byId('trust').hidden = false;
  }, SILENCE_MS);
}

function heard() {
  clearTimeout(silence);
  byId('trust').hidden = true;
}

/** Session ids are written down in short. */
function words(data) {
  return JSON.stringify(data).replace(/((?:ret|sub)_[\w-]{6})[\w=-]{20,}/g, '$1…');
}

function tell(direction, type, data) {
  if (direction === 'from') heard();
  const line = document.createElement('li');
  line.dataset.direction = direction;
  line.append(
    element('time', '', new Date().toLocaleTimeString('en-GB')),
    element('span', 'faint', DIRECTIONS[direction]),
    element('strong', '', type),
  );
  if (data !== undefined) line.append(element('code', '', words(data)));
  log.append(line);
  line.scrollIntoView({ block: 'nearest' });
}

const loader = new Loader(document.body.dataset.widgetsUrl, {}, tell);

const cancel = byId('cancel-button');
if (cancel) {
  loader.mountCancelButton(cancel, cancel.dataset.session);
  cancel.addEventListener('click', awaitWord);
}
const hub = byId('hub');
if (hub) {
  loader.mountSubscriptionHub(hub, hub.dataset.session);
  awaitWord();
}
