// Keeps the pending calls of this JavaScript environment and passes native events to them.

import type { EndpointKind, NativeClient } from './binding.js';
import type { LogForwarder, NativeLogRecord } from './logs.js';
import { native } from './native.js';
import type { NormalizedCallOptions } from './options.js';
import type { Session } from './session.js';
import { onAbort } from './signal-listeners.js';

/** Outcome of a call: a session, or a JSON string with the fields of an error. */
export type Outcome<S> = S | string;

/** Constructor of a session class. */
export type SessionConstructor<S> = new (id: string, url: string, requestId: string | null, attempts: string) => S;

interface PendingCall {
  readonly SessionClass: SessionConstructor<Session>;
  readonly resolve: (outcome: Outcome<Session>) => void;
  readonly log: LogForwarder | undefined;
  /** Removes the callback of this call from its abort signal. */
  readonly removeAbortCallback: (() => void) | undefined;
}

const pendingCalls = new Map<number, PendingCall>();

/** Native calls of this environment (the main thread or a worker). They are aborted when the environment ends. */
export const calls = new native.Calls();

/** An event in the format of the native addon: a session (0), the fields of an error (1) or a log record (2). */
type CallEvent =
  | readonly [kind: 0, callId: number, id: string, url: string, requestId: string | null, attempts: string]
  | readonly [kind: 1, callId: number, fields: string]
  | readonly [kind: 2, callId: number, record: NativeLogRecord];

/** Dispatches all queued events. The native addon calls this function on the event loop when events are available. */
function dispatchEvents(): void {
  for (const event of JSON.parse(calls.take()) as readonly CallEvent[]) {
    try {
      dispatch(event);
    } catch (error) {
      // Throw the error later, in a microtask, so that this loop continues with the other events. These would be lost
      // otherwise, because `take` has removed them from the queue.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function dispatch(event: CallEvent): void {
  const callId = event[1];
  const call = pendingCalls.get(callId);
  if (call === undefined) return; // the call was aborted
  if (event[0] === 0) settle(callId, call, new call.SessionClass(event[2], event[3], event[4], event[5]));
  else if (event[0] === 1) settle(callId, call, event[2]);
  else call.log?.(event[2]);
}

function settle(callId: number, call: PendingCall, outcome: Outcome<Session>): void {
  pendingCalls.delete(callId);
  call.resolve(outcome);
  call.removeAbortCallback?.();
}

/**
 * Starts a call.
 *
 * @param kind the kind of session to create
 * @param parameters names and values of the parameters, as `normalizeParameters` returns them
 * @returns the outcome of the call, a session or an error. The promise rejects only if the signal is aborted: then it
 *   rejects with the reason of the signal
 */
export function startCall<S extends Session>(
  client: NativeClient,
  SessionClass: SessionConstructor<S>,
  kind: EndpointKind,
  parameters: string[],
  [signal, options]: NormalizedCallOptions,
  log: LogForwarder | undefined,
): Promise<Outcome<S>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const started = client.start(dispatchEvents, kind, parameters, options, log !== undefined);
    const removeAbortCallback =
      signal &&
      onAbort(signal, (reason) => {
        pendingCalls.delete(started);
        calls.abort(started);
        reject(reason);
      });
    pendingCalls.set(started, { SessionClass, resolve: resolve as PendingCall['resolve'], log, removeAbortCallback });
  });
}
