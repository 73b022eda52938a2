// Lets all calls with the same `AbortSignal` share one listener, because Node warns about more than ten listeners on
// one signal.

import { EventEmitter } from 'node:events';
import type { AbortSignalLike } from './web-types.js';

type AbortCallback = (reason: unknown) => void;

interface SharedListener {
  readonly callbacks: Set<AbortCallback>;
  remove(): void;
}

const sharedListeners = new WeakMap<AbortSignalLike, SharedListener>();

/**
 * Registers a callback that is called when the signal is aborted.
 *
 * @param callback receives the signal's reason
 * @returns a function that removes the callback
 */
export function onAbort(signal: AbortSignalLike, callback: AbortCallback): () => void {
  const { callbacks } = sharedListeners.get(signal) ?? addSharedListener(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) removeSharedListener(signal);
  };
}

function addSharedListener(signal: AbortSignalLike): SharedListener {
  const callbacks = new Set<AbortCallback>();
  const notify = () => {
    removeSharedListener(signal);
    for (const callback of callbacks) callback(signal.reason);
  };
  const shared = { callbacks, remove: addListener(signal, notify) };
  sharedListeners.set(signal, shared);
  return shared;
}

/**
 * Adds an abort listener and returns a function that removes the listener.
 *
 * Uses Node's `addAbortListener` if possible, because other listeners cannot block such a listener with
 * `stopImmediatePropagation`. `addAbortListener` exists since Node 20.5 and accepts only Node's own signals. In other
 * cases, such as signals of jsdom, this function adds a plain listener.
 */
function addListener(signal: AbortSignalLike, notify: () => void): () => void {
  if (signal instanceof AbortSignal && EventEmitter.addAbortListener) {
    const { [Symbol.dispose]: dispose } = EventEmitter.addAbortListener(signal, notify);
    if (dispose) return dispose;
  }
  signal.addEventListener('abort', notify);
  return () => signal.removeEventListener('abort', notify);
}

function removeSharedListener(signal: AbortSignalLike): void {
  sharedListeners.get(signal)?.remove();
  sharedListeners.delete(signal);
}
