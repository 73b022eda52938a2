// Hearing of an aborted signal: one listener for all calls that share it, since Node warns of more than ten.

type Act = (reason: unknown) => void;

const listening = new WeakMap<AbortSignal, Set<Act>>();

/** Acts when the signal is aborted; until then, whoever it is for may stop listening by what it returns. */
export function onAbort(signal: AbortSignal, act: Act): () => void {
  const acts = listening.get(signal) ?? listenTo(signal);
  acts.add(act);
  return () => {
    acts.delete(act);
    if (acts.size === 0) stopListening(signal);
  };
}

function listenTo(signal: AbortSignal): Set<Act> {
  const acts = new Set<Act>();
  listening.set(signal, acts);
  signal.addEventListener('abort', tell);
  return acts;
}

function stopListening(signal: AbortSignal): void {
  listening.delete(signal);
  signal.removeEventListener('abort', tell);
}

function tell(this: AbortSignal): void {
  const acts = listening.get(this) ?? [];
  stopListening(this);
  for (const act of acts) act(this.reason);
}
