// Library of the host page, written from the documented behavior of the vendor's library. With `getAuthToken`, it
// follows the newer contract: it exchanges a token for a session, which opens both widgets. Without it, the page
// passes the id of a session to each method.

const LOAD_TIMEOUT = 10_000;

/** Session of the newer contract, which the page's tab keeps until it nearly expires. */
class Session {
  static #KEY = 'renumerate_sdk_session';
  static #RENEWAL_SECONDS = 60;
  #origin;
  #getAuthToken;
  #exchange;

  constructor(origin, getAuthToken) {
    this.#origin = origin;
    this.#getAuthToken = getAuthToken;
  }

  /** Returns the id of the session. If several callers need a new session, they share one exchange. */
  async id() {
    const { sessionId, expiresAt } = JSON.parse(sessionStorage.getItem(Session.#KEY)) ?? {};
    if (expiresAt > Math.floor(Date.now() / 1000) + Session.#RENEWAL_SECONDS) return sessionId;
    this.#exchange ??= this.#exchangeToken().finally(() => {
      this.#exchange = undefined;
    });
    return this.#exchange;
  }

  async #exchangeToken() {
    const handshakeToken = await this.#getAuthToken();
    const response = await fetch(`${this.#origin}/v1/session/exchange`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ handshakeToken }),
    });
    const { session, error } = await response.json();
    // The vendor documents a text as `error`, but the library reads `error.message`. So the page gets this text.
    if (!response.ok) throw new Error(error.message ?? 'Session exchange failed');
    sessionStorage.setItem(Session.#KEY, JSON.stringify(session));
    return session.sessionId;
  }
}

export class Library {
  #origin;
  #callbacks;
  /** Callbacks of the current opening. When the dialog closes, they are dropped until the next opening. */
  #activeCallbacks = {};
  #session;
  #frames = new Map();
  #dialog;

  constructor({ origin, callbacks, getAuthToken }) {
    this.#origin = origin;
    this.#callbacks = callbacks;
    this.#session = getAuthToken && new Session(origin, getAuthToken);
    addEventListener('message', (event) => this.#receive(event));
  }

  /** Returns the name of the frame with this window; `null` if there is none. */
  nameOf(window) {
    return [...this.#frames].find(([, frame]) => frame.contentWindow === window)?.[0] ?? null;
  }

  async mountSubscriptionHub(parent, id) {
    const sessionId = await this.#sessionId(id);
    this.#activeCallbacks = this.#callbacks;
    this.#mountFrame(parent, 'subscription', 'subs', { session_id: sessionId });
  }

  async showRetentionView({ id, subscriptionId } = {}) {
    this.#activeCallbacks = this.#callbacks;
    this.#openDialog(await this.#sessionId(id), subscriptionId);
  }

  async #sessionId(id) {
    if (!this.#session) return id;
    const sessionId = await this.#session.id();
    if (!sessionId.startsWith('r10_')) throw new Error('The session id does not begin with r10_');
    return sessionId;
  }

  #mountFrame(parent, name, path, parameters) {
    const frame = document.createElement('iframe');
    frame.title = name === 'retention' ? 'Cancel your subscription' : 'Your subscriptions';
    frame.name = name;
    frame.allow = 'publickey-credentials-get; payment';
    frame.src = `${this.#origin}/${path}?${new URLSearchParams(parameters)}`;
    this.#frames.set(name, frame);
    parent.append(frame);
    return frame;
  }

  #openDialog(sessionId, subscriptionId) {
    const dialog = document.createElement('dialog');
    this.#dialog = dialog;
    dialog.setAttribute('aria-label', 'Cancel');
    const close = document.createElement('button');
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    dialog.append(close);
    const parameters = { session_id: sessionId, ...(subscriptionId && { subscription_id: subscriptionId }) };
    const frame = this.#mountFrame(dialog, 'retention', 'retention', parameters);
    const loadTimer = setTimeout(() => this.#showFallback('retention'), LOAD_TIMEOUT);
    frame.addEventListener('load', () => clearTimeout(loadTimer));
    dialog.addEventListener('close', () => {
      clearTimeout(loadTimer);
      dialog.remove();
      this.#frames.delete('retention');
      this.#activeCallbacks.onComplete?.();
      this.#activeCallbacks = {};
      const hub = this.#frames.get('subscription');
      hub?.contentWindow.postMessage({ type: 'on-complete', data: {} }, this.#origin);
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  #showFallback(name) {
    this.#frames.get(name)?.replaceWith(createFallback());
    this.#frames.delete(name);
  }

  #cancel({ sessionId, subscriptionId }) {
    const prefixes = this.#session ? ['r10_'] : ['ret_', 'sub_'];
    if (!prefixes.some((prefix) => sessionId?.startsWith(prefix))) return;
    this.#activeCallbacks = { ...this.#callbacks, ...this.#activeCallbacks };
    this.#openDialog(sessionId, subscriptionId);
  }

  #resize({ iframe, height }) {
    const frame = this.#frames.get(iframe);
    if (frame && typeof height === 'number' && height > 0) frame.style.height = `${height}px`;
  }

  #receive({ origin, data: { type, data } }) {
    if (origin !== this.#origin) return;
    if (type === 'resize') this.#resize(data);
    else if (type === 'on-retained') this.#activeCallbacks.onRetained?.();
    else if (type === 'on-cancelled') this.#activeCallbacks.onCancelled?.();
    else if (type === 'on-complete') this.#activeCallbacks.onComplete?.();
    else if (type === 'close-dialog') this.#dialog?.close();
    else if (type === 'cancel-subscription') this.#cancel(data);
    else if (type === 'catastrophic-failure') this.#showFallback(data.iframe);
  }
}

/** Creates the text that is shown in place of a widget that failed. */
export function createFallback() {
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.textContent = 'This is not available at the moment. Please contact us.';
  return text;
}
