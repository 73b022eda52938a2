// What comes, newest first, while it comes. Whatever a client sent is text: nothing here makes markup of it.

/** So many requests and so many sessions are shown; the sandbox remembers more. */
const SHOWN = 200;

const byId = (id) => document.getElementById(id);

/** An element with its properties and what it holds: elements, or text. */
export function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A link to the page that mounts a session's widget. */
export function openLink(kind, id, whom = '') {
  const href = `/_sandbox/host?${new URLSearchParams({ [kind]: id })}`;
  const unseen = element('span', { className: 'unseen' }, ` the ${kind} session ${whom}`);
  return element('a', { href, className: 'button quiet', target: '_blank', rel: 'noopener' }, 'Open', unseen);
}

/** A list of what has a name, the newest first; where it changes it stays in its place. */
class Feed {
  #items = new Map();
  #coming = new Map();
  #frame;

  constructor(name, make) {
    this.list = byId(`${name}-list`);
    this.count = byId(`${name}-count`);
    this.none = byId(`no-${name}s`);
    this.make = make;
  }

  /** It is shown with the next frame: thousands may come in between, and a page in the background has none. */
  take(name, data) {
    this.#coming.set(name, data);
    if (this.#coming.size > SHOWN) this.#coming.delete(this.#coming.keys().next().value);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#show();
    });
  }

  #show() {
    for (const [name, data] of this.#coming) {
      const known = this.#items.get(name);
      const item = known ?? this.make();
      item.update(data);
      if (known) continue;
      this.#items.set(name, item);
      this.list.prepend(item.root);
    }
    this.#coming.clear();
    for (const [name, item] of this.#items) {
      if (this.#items.size <= SHOWN) break;
      item.root.remove();
      this.#items.delete(name);
    }
    this.#tell();
  }

  clear() {
    this.#items.clear();
    this.#coming.clear();
    this.list.replaceChildren();
    this.#tell();
  }

  #tell() {
    const size = this.#items.size;
    this.count.textContent = size < SHOWN ? size : `latest ${SHOWN}`;
    this.none.hidden = size > 0;
  }
}

/** When the sandbox started, by this page's clock. */
let started = Date.now();

function moment(at) {
  const date = new Date(started + at);
  const clock = date.toLocaleTimeString('en-GB');
  const text = `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return element('time', { dateTime: date.toISOString() }, text);
}

function mood(status) {
  if (status === 0) return '';
  if (status < 300) return 'good';
  return status < 500 ? 'odd' : 'bad';
}

const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function requestText({ method, path, headers, key, body, body_truncated: more }) {
  const all = key ? { 'x-brand-key': key, ...headers } : headers;
  return [`${method} ${path}`, ...lines(all), '', body + (more ? '…' : '')].join('\n').trimEnd();
}

function answerText({ status, response }) {
  if (!status) return 'No status line was sent.';
  const { headers = {}, body = '', bytes = 0 } = response ?? {};
  const length = new TextEncoder().encode(body).length;
  const more = bytes > length ? `\n… ${bytes.toLocaleString('en')} bytes` : '';
  return [String(status), ...lines(headers), '', body + more].join('\n').trimEnd();
}

function request() {
  const summary = element('summary');
  const exchange = element('div', { className: 'exchange' });
  const details = element('details', {}, summary, exchange);
  let data;
  const showExchange = () => {
    exchange.replaceChildren(
      element('h3', {}, 'Request'),
      element('pre', { className: 'wire' }, requestText(data)),
      element('h3', {}, 'Answer'),
      element('pre', { className: 'wire' }, answerText(data)),
    );
    if (data.problem) exchange.append(element('p', { className: 'problem' }, data.problem));
  };
  details.addEventListener('toggle', () => details.open && showExchange());
  return {
    root: element('li', {}, details),
    update(next) {
      data = next;
      summary.replaceChildren(
        moment(data.at_ms),
        element('span', { className: `chip ${mood(data.status)}` }, data.status || '···'),
        element('span', { className: 'line' }, `${data.method} ${data.path}`),
        element('span', { className: 'case' }, data.case ?? ''),
      );
      if (details.open) showExchange();
    },
  };
}

function shortened(id) {
  return id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

function outcomeChip({ outcome, offer, reason }) {
  const why = offer ?? reason;
  const text = [outcome, why && `(${why})`].filter(Boolean).join(' ');
  return element('span', { className: `chip ${outcome === 'retained' ? 'good' : 'odd'}` }, text);
}

function session() {
  const root = element('li');
  return {
    root,
    update({ id, kind, at_ms: at, customer_id, customer_email, subscription_id, outcomes = [] }) {
      const whom = [customer_id, customer_email].filter(Boolean).join(' ');
      const copy = element('button', { type: 'button', className: 'quiet' }, 'Copy');
      copy.append(element('span', { className: 'unseen' }, ` the id of the session for ${whom}`));
      copy.dataset.copy = `id-${id}`;
      const whole = element('code', { id: `id-${id}`, hidden: true }, id);
      root.replaceChildren(
        moment(at),
        element('span', { className: 'chip' }, kind),
        element('span', { className: 'who' }, [whom, subscription_id].filter(Boolean).join(' · ')),
        ...outcomes.map(outcomeChip),
        element('code', { className: 'faint', title: id }, shortened(id)),
        whole,
        copy,
      );
      if (document.body.hasAttribute('data-widgets')) root.append(openLink(kind, id, `for ${whom}`));
    },
  };
}

/** The workbench alone has the lists; other pages use what is exported. */
function listen() {
  const requests = new Feed('request', request);
  const sessions = new Feed('session', session);
  const live = byId('live');
  const tell = (state, text) => {
    live.dataset.state = state;
    if (live.textContent !== text) live.textContent = text;
  };
  const source = new EventSource('/_sandbox/events');
  const on = (name, take) => source.addEventListener(name, ({ data }) => take(JSON.parse(data)));
  on('reset', ({ now_ms: now }) => {
    started = Date.now() - now;
    requests.clear();
    sessions.clear();
  });
  on('request', (data) => requests.take(data.number, data));
  on('session', (data) => sessions.take(data.id, data));
  source.addEventListener('open', () => tell('live', 'Live'));
  source.addEventListener('error', () => {
    const over = source.readyState === EventSource.CLOSED;
    tell(
      'lost',
      over
        ? 'Not live: load the page again, on the sandbox’s own machine'
        : 'The sandbox does not answer; trying again',
    );
  });
  byId('forget').addEventListener('click', () => fetch('/_sandbox/reset', { method: 'POST' }));
}

listen();
