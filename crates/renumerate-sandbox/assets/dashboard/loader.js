// The widgets in a page, after the protocol of the vendor's browser library: frames, and messages from them.

/** A cancel flow that has not loaded after this time is given up. */
const LOAD_MS = 10_000;

const FALLBACK = 'This cannot be shown at the moment. Please write to us, and we will see to it.';

/** Mounts widgets of this origin. What happens is told to `tell(direction, type, data)`. */
export class Loader {
  #origin;
  #tell;
  #callbacks;
  /** The frames that are mounted, each with what it shows. */
  #frames = new Map();

  constructor(origin, callbacks, tell) {
    this.#origin = origin;
    this.#callbacks = callbacks;
    this.#tell = tell;
    addEventListener('message', (event) => this.#hear(event));
  }

  /** A button that opens the cancel flow. */
  mountCancelButton(place, id) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Cancel subscription';
    button.addEventListener('click', () => this.showRetentionView(id));
    place.append(button);
  }

  /** The subscriptions, in the page. */
  mountSubscriptionHub(place, id) {
    this.#mount(place, 'subscription', 'Your subscriptions', `${this.#origin}/subs?session_id=${id}`);
  }

  /** The cancel flow, in a dialog of its own. */
  showRetentionView(id) {
    if (document.querySelector('dialog[open]')) return;
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Cancel flow');
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'quiet';
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    const head = document.createElement('header');
    head.append(close);
    dialog.append(head);
    document.body.append(dialog);
    const frame = this.#mount(dialog, 'retention', 'Cancel flow', `${this.#origin}/retention?session_id=${id}`);
    const shown = this.#frames.get(frame);
    shown.dialog = dialog;
    shown.patience = setTimeout(() => this.#giveUp(frame, 'not loaded after 10 s'), LOAD_MS);
    frame.addEventListener('load', () => clearTimeout(shown.patience));
    dialog.addEventListener('close', () => this.#closed(frame));
    dialog.showModal();
  }

  #mount(place, kind, title, url) {
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.src = url;
    this.#frames.set(frame, { kind });
    place.append(frame);
    return frame;
  }

  #closed(frame) {
    const { dialog, patience } = this.#frames.get(frame);
    clearTimeout(patience);
    this.#frames.delete(frame);
    dialog.remove();
    this.#call('onComplete');
    // The subscriptions may be others now.
    for (const [hub, { kind }] of this.#frames) {
      if (kind !== 'subscription' || !hub.isConnected) continue;
      hub.contentWindow.postMessage({ type: 'on-complete', data: {} }, this.#origin);
      this.#tell('to', 'on-complete', {});
    }
  }

  /** Messages count from the widgets' origin alone, and from a frame that is mounted here. */
  #hear({ origin, source, data: message }) {
    if (origin !== this.#origin) return;
    const [frame, shown] = [...this.#frames].find(([frame]) => frame.contentWindow === source) ?? [];
    if (!frame || typeof message?.type !== 'string') return;
    const { type, data } = message;
    this.#tell('from', type, data);
    if (type === 'resize') this.#resize(frame, data);
    else if (type === 'on-retained') this.#call('onRetained');
    else if (type === 'on-cancelled') this.#call('onCancelled');
    else if (type === 'on-complete') this.#call('onComplete');
    else if (type === 'close-dialog') shown.dialog?.close();
    else if (type === 'cancel-subscription') this.#cancel(data);
    else if (type === 'catastrophic-failure') this.#giveUp(frame, 'the widget failed');
  }

  #resize(frame, data) {
    if (Number.isFinite(data?.height) && data.height > 0) frame.style.height = `${data.height}px`;
  }

  #cancel(data) {
    if (/^(ret|sub)_[\w=-]+$/.test(data?.sessionId)) this.showRetentionView(data.sessionId);
  }

  #giveUp(frame, why) {
    clearTimeout(this.#frames.get(frame)?.patience);
    const fallback = document.createElement('p');
    fallback.className = 'fallback';
    fallback.setAttribute('role', 'alert');
    fallback.textContent = FALLBACK;
    // Its entry stays where a dialog is still to be closed.
    frame.replaceWith(fallback);
    this.#tell('note', 'fallback', { why });
  }

  #call(name) {
    this.#tell('call', name);
    this.#callbacks[name]?.();
  }
}
