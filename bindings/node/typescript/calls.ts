// The calls under way in this JavaScript environment, and how news of them reaches whoever awaits them.

import type { NativeClient } from './binding.js';
import type { LogLevel } from './logs.js';
import { native } from './native.js';
import type { SortedOptions } from './options.js';
import type { Sorted } from './parameters.js';
import type { Session } from './session.js';
import { onAbort } from './signals.js';

/** A session, or the fields of an error as JSON. */
export type Outcome<S> = S | string;

/** The class of a session. */
export type MakeSession<S> = new (id: string, url: string, requestId: string | null, attempts: string) => S;

interface Waiting {
  readonly make: MakeSession<Session>;
  readonly resolve: (outcome: Outcome<Session>) => void;
  readonly log: ((level: LogLevel, message: string, time: number) => void) | undefined;
  /** Stops listening to the call's signal. */
  readonly stopListening: (() => void) | undefined;
}

const waiting = new Map<number, Waiting>();

/** They end with the environment, which is how those of a worker end. */
export const calls = new native.Calls();

/** What comes, as `Batch` of the native side writes it. */
type News =
  | readonly [what: 0, number: number, id: string, url: string, requestId: string | null, attempts: string]
  | readonly [what: 1, number: number, fields: string]
  | readonly [what: 2, number: number, level: LogLevel, message: string, time: number];

function deliver(): void {
  for (const news of JSON.parse(calls.take()) as readonly News[]) {
    try {
      handOver(news);
    } catch (error) {
      // It must not hold up the others, which come with it and never again.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function handOver(news: News): void {
  const call = waiting.get(news[1]);
  if (call === undefined) return; // it was aborted
  if (news[0] === 0) settle(news[1], call, new call.make(news[2], news[3], news[4], news[5]));
  else if (news[0] === 1) settle(news[1], call, news[2]);
  else call.log?.(news[2], news[3], news[4]);
}

function settle(number: number, call: Waiting, outcome: Outcome<Session>): void {
  waiting.delete(number);
  call.resolve(outcome);
  call.stopListening?.();
}

/** Starts a call; the promise rejects with the reason of its signal, and with nothing else. */
export function start<S extends Session>(
  client: NativeClient,
  make: MakeSession<S>,
  subscription: boolean,
  [customerId, customerEmail, subscriptionId]: Sorted,
  [signal, timeout, maxRetries]: SortedOptions,
  log: Waiting['log'],
): Promise<Outcome<S>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const started = client.start(
      deliver,
      subscription,
      customerId,
      customerEmail,
      subscriptionId,
      timeout,
      maxRetries,
      log !== undefined,
    );
    if (typeof started === 'string') {
      resolve(started);
      return;
    }
    const stopListening =
      signal &&
      onAbort(signal, (reason) => {
        waiting.delete(started);
        calls.abort(started);
        reject(reason);
      });
    waiting.set(started, { make, resolve: resolve as Waiting['resolve'], log, stopListening });
  });
}
