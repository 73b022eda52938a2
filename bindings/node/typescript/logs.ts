// The core's logs, on their way to a logger of the application's.

import { AsyncResource } from 'node:async_hooks';

/** How much a line matters. At `debug` there is one for each attempt and each wait, at `trace` for each connection. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** One line of a log. It never holds the private key, a session id or an e-mail address. */
export interface LogRecord {
  readonly level: LogLevel;
  /** The event and its fields: `answered attempt=1 status=200 elapsed_ms=3`. */
  readonly message: string;
  /** When it happened. */
  readonly time: Date;
}

/**
 * Who takes the logs: a function, or an object with methods as `console`, pino and winston have them; `trace` goes to
 * its `debug`.
 */
export type Logger =
  | ((record: LogRecord) => void)
  | Readonly<Record<'error' | 'warn' | 'info' | 'debug', (message: string) => void>>;

/** Hands over what one call logs, in the asynchronous context that the call was made in. */
export function logOf(logger: Logger): (level: LogLevel, message: string, time: number) => void {
  const context = new AsyncResource('RENUMERATE_CALL');
  return (level, message, time) => {
    try {
      context.runInAsyncScope(() => {
        if (typeof logger === 'function') logger({ level, message, time: new Date(time) });
        else logger[level === 'trace' ? 'debug' : level](message);
      });
    } catch (error) {
      warnOf(error);
    }
  };
}

/** A logger's own mistake fails no call, whatever it throws. */
function warnOf(error: unknown): void {
  let text = 'the logger fails';
  try {
    text += `: ${(error as Error).message ?? error}`;
  } catch {
    // It cannot even be printed.
  }
  // As text: an error of another realm, as under Jest, is none to Node.
  process.emitWarning(text, 'RenumerateLoggerWarning');
}
