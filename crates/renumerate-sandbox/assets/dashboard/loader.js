// Mounts widgets in frames, and handles their messages according to the documented protocol of the vendor's browser
// library.

/** Time within which the cancel flow must load. Otherwise, the fallback text replaces the frame. */
const LOAD_TIMEOUT_MS = 10_000;

const FALLBACK = 'This page is not available at the moment. Please contact us.';

/**
 * Loader of the widgets that `origin` serves. It reports each message to `log(direction, type, data)`. `callbacks`
 * are the page's functions `onRetained`, `onCancelled` and `onComplete`.
 */
export class Loader {
  #origin;
  #log;
  #callbacks;
  /** Callbacks of the current opening. When a dialog closes, they are dropped until the next opening. */
  #activeCallbacks = {};
  /** State of each mounted frame. The key is the frame's element. */
  #frames = new Map();

  constructor(origin, callbacks, log) {
    this.#origin = origin;
    this.#callbacks = callbacks;
    this.#log = log;
    addEventListener('message', (event) => this.#receive(event));
  }

  /** Mounts a button that opens the cancel flow. */
  mountCancelButton(container, id) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Cancel subscription';
    button.addEventListener('click', () => this.showRetentionView(id));
    container.append(button);
  }

  /** Mounts the SubscriptionHub in the page. */
  mountSubscriptionHub(container, id) {
    this.#activeCallbacks = this.#callbacks;
    this.#mount(container, 'subscription', 'Your subscriptions', `${this.#origin}/subs?session_id=${id}`);
  }

  /** Opens the cancel flow in a dialog. `subscriptionId` is optional, and selects the subscription of an r10_ session. */
  showRetentionView(id, subscriptionId) {
    if (document.querySelector('dialog[open]')) return;
    this.#activeCallbacks = this.#callbacks;
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Cancel flow');
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'quiet';
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    const header = document.createElement('header');
    header.append(close);
    dialog.append(header);
    document.body.append(dialog);
    const query = new URLSearchParams({ session_id: id, ...(subscriptionId && { subscription_id: subscriptionId }) });
    const frame = this.#mount(dialog, 'retention', 'Cancel flow', `${this.#origin}/retention?${query}`);
    const state = this.#frames.get(frame);
    state.dialog = dialog;
    state.loadTimer = setTimeout(() => this.#showFallback(frame, 'not loaded after 10 s'), LOAD_TIMEOUT_MS);
    frame.addEventListener('load', () => clearTimeout(state.loadTimer));
    dialog.addEventListener('close', () => this.#closed(frame));
    dialog.showModal();
  }

  #mount(container, kind, title, url) {
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.allow = 'publickey-credentials-get; payment';
    frame.src = url;
    this.#frames.set(frame, { kind });
    container.append(frame);
    return frame;
  }

  #closed(frame) {
    const { dialog, loadTimer } = this.#frames.get(frame);
    clearTimeout(loadTimer);
    this.#frames.delete(frame);
    dialog.remove();
    this.#call('onComplete');
    this.#activeCallbacks = {};
    // Notify the SubscriptionHub, because the subscriptions may have changed.
    for (const [hub, { kind }] of this.#frames) {
      if (kind !== 'subscription' || !hub.isConnected) continue;
      hub.contentWindow.postMessage({ type: 'on-complete', data: {} }, this.#origin);
      this.#log('to', 'on-complete', {});
    }
  }

  /** Handles a message if a mounted frame with the widgets' origin has sent it. Otherwise, ignores the message. */
  #receive({ origin, source, data: message }) {
    if (origin !== this.#origin) return;
    const [frame, state] = [...this.#frames].find(([frame]) => frame.contentWindow === source) ?? [];
    if (!frame || typeof message?.type !== 'string') return;
    const { type, data } = message;
    this.#log('from', type, data);
    if (type === 'resize') this.#resize(frame, data);
    else if (type === 'on-retained') this.#call('onRetained');
    else if (type === 'on-cancelled') this.#call('onCancelled');
    else if (type === 'on-complete') this.#call('onComplete');
    else if (type === 'close-dialog') state.dialog?.close();
    else if (type === 'cancel-subscription') this.#cancel(data);
    else if (type === 'catastrophic-failure') this.#showFallback(frame, 'the widget failed');
  }

  #resize(frame, data) {
    if (Number.isFinite(data?.height) && data.height > 0) frame.style.height = `${data.height}px`;
  }

  #cancel(data) {
    if (/^(ret|sub|r10)_[\w=-]+$/.test(data?.sessionId)) this.showRetentionView(data.sessionId, data.subscriptionId);
  }

  #showFallback(frame, reason) {
    clearTimeout(this.#frames.get(frame)?.loadTimer);
    const fallback = document.createElement('p');
    fallback.className = 'fallback';
    fallback.setAttribute('role', 'alert');
    fallback.textContent = FALLBACK;
    // Keep the frame's entry in `#frames`: the dialog may still be open, and `#closed` needs the entry when the dialog
    // closes.
    frame.replaceWith(fallback);
    this.#log('note', 'fallback', { reason });
  }

  #call(name) {
    this.#activeCallbacks[name]?.();
  }
}
