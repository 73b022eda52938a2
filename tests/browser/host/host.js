// Host page: mounts the cancel button and the hub. The URL contains either the customer, for whom the page gets
// handshake tokens of its backend, or session ids. The page records messages, callbacks and errors for the tests.

import { createFallback, Library } from './library.js';

const query = new URLSearchParams(location.search);
const customer = query.get('customer');

/** Received messages: `{origin, from, type, data}`. `from` is the name of the widget or `null`. */
const messages = [];
/** Names of the callbacks that were called. */
const callbacks = [];
/** Messages of the errors with which the library rejected an opening. */
const errors = [];
/** Handshake tokens that the library requested. */
const tokens = [];
Object.assign(window, { messages, callbacks, errors, tokens });

/** Returns a handshake token for the customer who is signed in. */
async function getAuthToken() {
  const response = await fetch(`/api/renumerate-token?${new URLSearchParams({ customer })}`);
  const { token } = await response.json();
  tokens.push(token);
  return token;
}

// This listener is added before that of the library, which removes frames.
addEventListener('message', ({ origin, source, data: { type, data } }) => {
  messages.push({ origin, from: library.nameOf(source), type, data });
});

const names = ['onRetained', 'onCancelled', 'onComplete'];
const library = new Library({
  origin: query.get('widgets'),
  callbacks: Object.fromEntries(names.map((name) => [name, () => callbacks.push(name)])),
  getAuthToken: customer && getAuthToken,
});

/** Records the error of an opening, and shows the fallback in this element. */
function showError(parent) {
  return (error) => {
    errors.push(error.message);
    parent.append(createFallback());
  };
}

if (customer || query.has('retention')) {
  const parent = document.getElementById('cancel');
  const button = document.createElement('button');
  button.textContent = 'Cancel subscription';
  const opening = { id: query.get('retention'), subscriptionId: query.get('subscription_id') };
  button.addEventListener('click', () => library.showRetentionView(opening).catch(showError(parent)));
  parent.append(button);
}
if (customer || query.has('subscription')) {
  const parent = document.getElementById('hub');
  library.mountSubscriptionHub(parent, query.get('subscription')).catch(showError(parent));
}
