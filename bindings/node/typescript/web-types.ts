// Types for objects of web APIs.

/**
 * Members of an `AbortSignal` that a call uses. Signals of Node and of jsdom have them. This type and {@link UrlLike}
 * make the package independent of `@types/node`.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  /** Adds a function that is called when the signal is aborted. */
  addEventListener(type: 'abort', listener: () => void): void;
  /** Removes such a function. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A `URL`, of Node or of jsdom. */
export interface UrlLike {
  readonly href: string;
}
