// Lists of sessions and requests, which server-sent events update.

import { byId, element, hasWidgets, openLink } from './page.js';

/** Maximum number of items in each list. The sandbox itself stores more sessions and requests than a list shows. */
const MAX_ITEMS = 200;

/** List whose items have keys, with the newest item first. An item keeps its position when it changes. */
class Feed {
  #items = new Map();
  #pending = new Map();
  #frame;

  constructor(name, createItem) {
    this.list = byId(`${name}-list`);
    this.count = byId(`${name}-count`);
    this.empty = byId(`no-${name}s`);
    this.createItem = createItem;
  }

  /**
   * Adds or updates the item with this key. The change is shown with the next animation frame, together with all
   * changes that arrive until then: there may be thousands. A page in the background has no animation frames, so the
   * number of pending changes is limited.
   */
  update(key, data) {
    this.#pending.set(key, data);
    if (this.#pending.size > MAX_ITEMS) this.#pending.delete(this.#pending.keys().next().value);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#render();
    });
  }

  #render() {
    for (const [key, data] of this.#pending) {
      const existing = this.#items.get(key);
      const item = existing ?? this.createItem();
      item.update(data);
      if (existing) continue;
      this.#items.set(key, item);
      this.list.prepend(item.root);
    }
    this.#pending.clear();
    for (const [key, item] of this.#items) {
      if (this.#items.size <= MAX_ITEMS) break;
      item.root.remove();
      this.#items.delete(key);
    }
    this.#renderCount();
  }

  clear() {
    this.#items.clear();
    this.#pending.clear();
    this.list.replaceChildren();
    this.#renderCount();
  }

  #renderCount() {
    const size = this.#items.size;
    this.count.textContent = size < MAX_ITEMS ? size : `latest ${MAX_ITEMS}`;
    this.empty.hidden = size > 0;
  }
}

/** Start time of the sandbox in milliseconds, according to the browser's clock. */
let started = Date.now();

function timeElement(atMs) {
  const date = new Date(started + atMs);
  const clock = date.toLocaleTimeString('en-GB');
  const text = `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return element('time', { dateTime: date.toISOString() }, text);
}

function statusClass(status) {
  if (status === 0) return '';
  if (status < 300) return 'success';
  return status < 500 ? 'warning' : 'error';
}

const headerLines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function requestText({ method, path, headers, key, body, body_truncated: truncated }) {
  const allHeaders = key ? { 'x-brand-key': key, ...headers } : headers;
  return [`${method} ${path}`, ...headerLines(allHeaders), '', body + (truncated ? '…' : '')].join('\n').trimEnd();
}

function responseText({ status, response }) {
  if (!status) return 'No response was sent.';
  const { headers = {}, body = '', bytes = 0 } = response ?? {};
  const shownBytes = new TextEncoder().encode(body).length;
  const more = bytes > shownBytes ? `\n… ${bytes.toLocaleString('en')} bytes` : '';
  return [String(status), ...headerLines(headers), '', body + more].join('\n').trimEnd();
}

function requestItem() {
  const summary = element('summary');
  const exchange = element('div', { className: 'exchange' });
  const details = element('details', {}, summary, exchange);
  let data;
  const showExchange = () => {
    exchange.replaceChildren(
      element('h3', {}, 'Request'),
      element('pre', { className: 'wire' }, requestText(data)),
      element('h3', {}, 'Response'),
      element('pre', { className: 'wire' }, responseText(data)),
    );
    if (data.problem) exchange.append(element('p', { className: 'problem' }, data.problem));
  };
  details.addEventListener('toggle', () => details.open && showExchange());
  return {
    root: element('li', {}, details),
    update(next) {
      data = next;
      summary.replaceChildren(
        timeElement(data.at_ms),
        element('span', { className: `chip ${statusClass(data.status)}` }, data.status || '···'),
        element('span', { className: 'line' }, `${data.method} ${data.path}`),
        element('span', { className: 'case' }, data.case ?? ''),
      );
      if (details.open) showExchange();
    },
  };
}

function shorten(id) {
  return id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

function outcomeChip({ outcome, offer, reason }) {
  const detail = offer ?? reason;
  const text = [outcome, detail && `(${detail})`].filter(Boolean).join(' ');
  return element('span', { className: `chip ${outcome === 'retained' ? 'success' : 'warning'}` }, text);
}

function sessionItem() {
  const root = element('li');
  return {
    root,
    update({ id, kind, at_ms: atMs, customer_id, customer_email, subscription_id, outcomes = [] }) {
      const customer = [customer_id, customer_email].filter(Boolean).join(' ');
      const copy = element('button', { type: 'button', className: 'quiet' }, 'Copy');
      copy.append(element('span', { className: 'visually-hidden' }, ` the id of the session for ${customer}`));
      copy.dataset.copy = `id-${id}`;
      const fullId = element('code', { id: `id-${id}`, hidden: true }, id);
      root.replaceChildren(
        timeElement(atMs),
        element('span', { className: 'chip' }, kind),
        element('span', { className: 'customer' }, [customer, subscription_id].filter(Boolean).join(' · ')),
        ...outcomes.map(outcomeChip),
        element('code', { className: 'faint', title: id }, shorten(id)),
        fullId,
        copy,
      );
      if (hasWidgets()) root.append(openLink(kind, id, `for ${customer}`));
    },
  };
}

/** Subscribes to the sandbox's events, and shows the sessions and requests from the events in the lists. */
function subscribe() {
  const requests = new Feed('request', requestItem);
  const sessions = new Feed('session', sessionItem);
  const live = byId('live');
  const showState = (state, text) => {
    live.dataset.state = state;
    if (live.textContent !== text) live.textContent = text;
  };
  const source = new EventSource('/_sandbox/events');
  const on = (name, handle) => source.addEventListener(name, ({ data }) => handle(JSON.parse(data)));
  on('reset', ({ now_ms: now }) => {
    started = Date.now() - now;
    requests.clear();
    sessions.clear();
  });
  on('request', (data) => requests.update(data.number, data));
  on('session', (data) => sessions.update(data.id, data));
  source.addEventListener('open', () => showState('live', 'Live'));
  source.addEventListener('error', () => {
    const closed = source.readyState === EventSource.CLOSED;
    showState(
      'lost',
      closed
        ? 'Disconnected: reload this page on the sandbox’s own machine'
        : 'The sandbox does not respond; reconnecting',
    );
  });
  byId('reset').addEventListener('click', () => fetch('/_sandbox/reset', { method: 'POST' }));
}

subscribe();
