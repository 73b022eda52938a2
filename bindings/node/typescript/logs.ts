// Forwards the log records of the core to the application's logger.

import { AsyncResource } from 'node:async_hooks';

/** Severity of a log record. Attempts and waits are logged at `debug`, connections at `trace`. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** One log record. It never contains the private key, a session id or an e-mail address. */
export interface LogRecord {
  readonly level: LogLevel;
  /** The event and its fields, such as `answered attempt=1 status=200 elapsed_ms=3`. */
  readonly message: string;
  /** Time of the event. */
  readonly time: Date;
}

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
export function logForwarder(logger: Logger): (level: LogLevel, message: string, time: number) => void {
  const context = new AsyncResource('RENUMERATE_CALL');
  return (level, message, time) => {
    try {
      context.runInAsyncScope(() => {
        if (typeof logger === 'function') logger({ level, message, time: new Date(time) });
        else logger[level === 'trace' ? 'debug' : level](message);
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
