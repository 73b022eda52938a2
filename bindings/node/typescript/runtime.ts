// What runs this code: a server, and never a browser.

// Not told by `window`: tests run on servers with a window of jsdom's.
if (typeof process !== 'object' || typeof process.versions?.node !== 'string') {
  throw new Error(
    '@renumerate/node holds the private key and runs on servers only: in a browser use @renumerate/js, with a session id from your backend',
  );
}

/** What the user agent says of the runtime, `Node.js 20.20.0`. */
export function runtime(): string {
  const { bun, deno, node } = process.versions;
  if (bun) return `Bun ${bun}`;
  if (deno) return `Deno ${deno}`;
  return `Node.js ${node}`;
}
