// Hearing of an aborted signal: one listener for all calls that share it, since Node warns of more than ten.

import { EventEmitter } from 'node:events';

type Act = (reason: unknown) => void;

interface Listening {
  readonly acts: Set<Act>;
  stop(): void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/** Acts when the signal is aborted; until then, whoever it is for may stop listening by what it returns. */
export function onAbort(signal: AbortSignal, act: Act): () => void {
  const { acts } = listening.get(signal) ?? listenTo(signal);
  acts.add(act);
  return () => {
    acts.delete(act);
    if (acts.size === 0) stopListening(signal);
  };
}

function listenTo(signal: AbortSignal): Listening {
  const acts = new Set<Act>();
  const tell = () => {
    stopListening(signal);
    for (const act of acts) act(signal.reason);
  };
  const made = { acts, stop: addListener(signal, tell) };
  listening.set(signal, made);
  return made;
}

/** Where Node can, so that no listener before it keeps the abort from it. Only from 20.5 on, and not of jsdom's. */
function addListener(signal: AbortSignal, tell: () => void): () => void {
  if (signal instanceof AbortSignal && EventEmitter.addAbortListener) {
    const { [Symbol.dispose]: dispose } = EventEmitter.addAbortListener(signal, tell);
    if (dispose) return dispose;
  }
  signal.addEventListener('abort', tell);
  return () => signal.removeEventListener('abort', tell);
}

function stopListening(signal: AbortSignal): void {
  listening.get(signal)?.stop();
  listening.delete(signal);
}
