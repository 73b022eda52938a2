// Host page: mounts the cancel button and the hub for the session ids in its URL, with the documented protocol of the
// vendor's library. It records messages and callbacks for the tests.

const query = new URLSearchParams(location.search);
const widgets = query.get('widgets');
const LOAD_TIMEOUT = 10_000;

/** Received messages: `{origin, from, type, data}`. `from` is the name of the widget or `null`. */
const messages = [];
/** Names of the callbacks that were called. */
const callbacks = [];
const callback = (name) => callbacks.push(name);

const frames = new Map();
let dialog;

function mountFrame(parent, name, path, sessionId, parameters = {}) {
  const frame = document.createElement('iframe');
  frame.title = name === 'retention' ? 'Cancel your subscription' : 'Your subscriptions';
  frame.name = name;
  frame.src = `${widgets}/${path}?${new URLSearchParams({ session_id: sessionId, ...parameters })}`;
  frames.set(name, frame);
  parent.append(frame);
  return frame;
}

function showFallback(name) {
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.textContent = 'This is not available at the moment. Please contact us.';
  frames.get(name)?.replaceWith(text);
  frames.delete(name);
}

function showRetentionView(sessionId, subscriptionId) {
  dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', 'Cancel');
  const close = document.createElement('button');
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  dialog.append(close);
  const parameters = subscriptionId ? { subscription_id: subscriptionId } : {};
  const frame = mountFrame(dialog, 'retention', 'retention', sessionId, parameters);
  const loadTimer = setTimeout(() => showFallback('retention'), LOAD_TIMEOUT);
  frame.addEventListener('load', () => clearTimeout(loadTimer));
  dialog.addEventListener('close', () => {
    clearTimeout(loadTimer);
    dialog.remove();
    frames.delete('retention');
    callback('onComplete');
    frames.get('subscription')?.contentWindow.postMessage({ type: 'on-complete', data: {} }, widgets);
  });
  document.body.append(dialog);
  dialog.showModal();
}

function mountCancelButton(parent, sessionId) {
  const button = document.createElement('button');
  button.textContent = 'Cancel subscription';
  button.addEventListener('click', () => showRetentionView(sessionId));
  parent.append(button);
}

const EFFECTS = {
  resize: ({ iframe, height }) => {
    const frame = frames.get(iframe);
    if (frame && typeof height === 'number' && height > 0) frame.style.height = `${height}px`;
  },
  'on-retained': () => callback('onRetained'),
  'on-cancelled': () => callback('onCancelled'),
  'on-complete': () => callback('onComplete'),
  'close-dialog': () => dialog?.close(),
  'cancel-subscription': ({ sessionId, subscriptionId }) =>
    /^(?:ret|sub|r10)_/.test(sessionId) && showRetentionView(sessionId, subscriptionId),
  'catastrophic-failure': ({ iframe }) => showFallback(iframe),
};

addEventListener('message', ({ origin, source, data: message }) => {
  const from = [...frames].find(([, frame]) => frame.contentWindow === source)?.[0] ?? null;
  messages.push({ origin, from, type: message.type, data: message.data });
  if (origin === widgets) EFFECTS[message.type]?.(message.data);
});

if (query.has('retention')) mountCancelButton(document.getElementById('cancel'), query.get('retention'));
if (query.has('subscription')) {
  mountFrame(document.getElementById('hub'), 'subscription', 'subs', query.get('subscription'));
}
