// Subjects that create handshake tokens: this SDK, and the code that a user would write with Node's own modules. Each
// returns a function that creates a token.

import { CUSTOMER, KEY } from './request.mjs';

const PUBLIC_KEY = 'pk_sandbox_bench';

export const TOKEN_SUBJECTS = { '@renumerate/node': renumerate, 'node:crypto': nodeCrypto };

async function renumerate() {
  const { Renumerate } = await import('@renumerate/node');
  const client = new Renumerate({ privateKey: KEY, publicKey: PUBLIC_KEY });
  return () => client.createHandshakeToken({ customerId: CUSTOMER }).token;
}

async function nodeCrypto() {
  const { createHmac, randomBytes } = await import('node:crypto');
  return () => {
    const payload = JSON.stringify({
      brandPub: PUBLIC_KEY,
      subscriberId: CUSTOMER,
      timestamp: Date.now(),
      nonce: randomBytes(16).toString('hex'),
    });
    const signature = createHmac('sha256', KEY).update(payload).digest('base64url');
    return `${Buffer.from(payload).toString('base64url')}.${signature}`;
  };
}
