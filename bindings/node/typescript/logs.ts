// Forwards the log records of the core to the application's logger.

import { AsyncResource } from 'node:async_hooks';

/**
 * Severity of a log record. The end of a call is logged at `warn` if the network, the service or the settings failed, at
 * `info` if the call was rejected, such as by a 404, else at `debug`. Attempts and waits are logged at `debug`, connections at
 * `trace`. A handshake token that cannot be created is logged at the level of the same error in a call.
 */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** One log record. It never contains the private key, a session id or an e-mail address. */
export interface LogRecord {
  readonly level: LogLevel;
  /** The event and its fields in one line, such as `renumerate: attempt ended call_id=5f0c9b1e-17 … elapsed_ms=3`. */
  readonly message: string;
  /** Time of the event. */
  readonly time: Date;
  /** Constant text that names the event, such as `attempt ended`. */
  readonly event: string;
  /** Fields of the event by name, such as `call_id`. */
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A log record of the native addon. `time` is in milliseconds since the epoch. */
export type NativeLogRecord = Omit<LogRecord, 'time'> & { readonly time: number };

/** Receiver of the log records of one call. */
export type LogForwarder = (record: NativeLogRecord) => void;

/**
 * Receiver of log records: a function, or an object with the logging methods of `console`, pino and winston. `trace`
 * records go to the `debug` method of such an object.
 */
export type Logger =
  | ((record: LogRecord) => void)
  | Readonly<Record<'error' | 'warn' | 'info' | 'debug', (message: string) => void>>;

/**
 * Creates a function that forwards the log records of one call to the logger. The created function runs the logger in
 * the asynchronous context of the call's caller, so that the logger can read the caller's `AsyncLocalStorage`.
 */
export function logForwarder(logger: Logger): LogForwarder {
  const context = new AsyncResource('RENUMERATE_CALL');
  return (record) => {
    try {
      context.runInAsyncScope(() => {
        if (typeof logger === 'function') logger({ ...record, time: new Date(record.time) });
        else logger[record.level === 'trace' ? 'debug' : record.level](record.message);
      });
    } catch (error) {
      emitLoggerWarning(error);
    }
  };
}

/** Emits a process warning for an error that the logger has thrown. Such an error must not fail the call. */
function emitLoggerWarning(error: unknown): void {
  let text = 'the logger fails';
  try {
    text += `: ${(error as Error).message ?? error}`;
  } catch {
    // The thrown value cannot be converted to a string.
  }
  // The warning is a string, because Node rejects an `Error` object of another realm (set of global objects), such as a
  // Jest environment.
  process.emitWarning(text, 'RenumerateLoggerWarning');
}
