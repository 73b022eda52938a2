// Handshake tokens of the vendor's newer contract.

/**
 * Handshake token, which the vendor's browser library exchanges for a session of the customer. The service accepts a
 * token once, within 5 minutes. `console.log` and string conversion mask the token. JSON contains it, and `console.dir`
 * and `console.table` print it, because they print all properties of an object.
 */
export class HandshakeToken {
  /**
   * Token in plain text. Anyone who has it can open the widgets of the customer: send it only to that customer's page,
   * and do not cache or log it.
   */
  readonly token: string;
  /** Time after which the service rejects the token: 5 minutes after its creation. */
  readonly expiresAt: Date;

  /**
   * Creates a token, for tests of applications. The service accepts only tokens that a client created.
   *
   * @param token the token
   * @param expiresAt the time after which the token is invalid
   */
  constructor(token: string, expiresAt: Date) {
    this.token = token;
    this.expiresAt = expiresAt;
  }

  /** Returns what JSON contains: `{ token }`, as the vendor's browser samples expect it. */
  toJSON(): { token: string } {
    return { token: this.token };
  }

  /** Returns a description with a masked token. */
  toString(): string {
    // `expiresAt` is missing in an automatic mock of Jest. An invalid date has the JSON form `null`.
    return `${this.constructor.name} { token: '…', expiresAt: ${this.expiresAt?.toJSON()} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
