// A page as a team has it: it mounts the cancel button and the hub for the ids in its address, by the documented protocol of
// the vendor's library. What it hears and whom it calls is kept in `heard` and `called`, for the tests.

const given = new URLSearchParams(location.search);
const widgets = given.get('widgets');
const LOADS_WITHIN = 10_000;

/** Messages in the order that they came: `{origin, type, data, from}`, where `from` is the widget's name or `null`. */
const heard = [];
/** The names of the callbacks in the order that they were called. */
const called = [];
const callback = (name) => called.push(name);

const frames = new Map();
let dialog;

function mountFrame(parent, name, path, sessionId) {
  const frame = document.createElement('iframe');
  frame.title = name === 'retention' ? 'Cancel your subscription' : 'Your subscriptions';
  frame.name = name;
  frame.src = `${widgets}/${path}?session_id=${sessionId}`;
  frames.set(name, frame);
  parent.append(frame);
  return frame;
}

function showFallback(name) {
  const text = document.createElement('p');
  text.setAttribute('role', 'alert');
  text.textContent = 'This is not available at the moment. Please write to us.';
  frames.get(name)?.replaceWith(text);
  frames.delete(name);
}

function showRetentionView(sessionId) {
  dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', 'Cancel');
  const close = document.createElement('button');
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  dialog.append(close);
  const frame = mountFrame(dialog, 'retention', 'retention', sessionId);
  const patience = setTimeout(() => showFallback('retention'), LOADS_WITHIN);
  frame.addEventListener('load', () => clearTimeout(patience));
  dialog.addEventListener('close', () => {
    clearTimeout(patience);
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
  'cancel-subscription': ({ sessionId }) => /^(?:ret|sub)_/.test(sessionId) && showRetentionView(sessionId),
  'catastrophic-failure': ({ iframe }) => showFallback(iframe),
};

addEventListener('message', ({ origin, source, data: message }) => {
  const from = [...frames].find(([, frame]) => frame.contentWindow === source)?.[0] ?? null;
  heard.push({ origin, from, type: message.type, data: message.data });
  if (origin === widgets) EFFECTS[message.type]?.(message.data);
});

if (given.has('retention')) mountCancelButton(document.getElementById('cancel'), given.get('retention'));
if (given.has('subscription')) {
  mountFrame(document.getElementById('hub'), 'subscription', 'subs', given.get('subscription'));
}
