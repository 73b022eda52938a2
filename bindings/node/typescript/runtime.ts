// Identifies the JavaScript runtime, and refuses to load in browsers.

// Does not look for `window`, because jsdom defines a `window` in tests that run on Node.
if (typeof process !== 'object' || typeof process.versions?.node !== 'string') {
  throw new Error(
    '@renumerate/node runs on servers only, because it uses the private key; in a browser, use @renumerate/js with a session id from your backend',
  );
}

/** Returns the name and version of the runtime for the user agent, such as `Node.js 20.20.0`. */
export function describeRuntime(): string {
  const { bun, deno, node } = process.versions;
  if (bun) return `Bun ${bun}`;
  if (deno) return `Deno ${deno}`;
  return `Node.js ${node}`;
}
