// What another process says, line by line.

import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class Lines {
  #lines;

  constructor(child) {
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    /** How the process ended, once it has: its status, or the signal that ended it. */
    this.status = once(child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** The next line, or nothing at the end. */
  async next() {
    return (await this.#lines.next()).value;
  }
}
