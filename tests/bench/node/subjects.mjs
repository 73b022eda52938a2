// Subjects: `load` imports the library, and `open` creates a client of a server for a number of concurrent calls. It
// returns a function that makes a call and resolves to a session's id.
//
// Each imports its library, so that a worker process loads no other, and a missing one affects only its own row. The
// variable NODE_EXTRA_CA_CERTS names the certificate that all of them trust.

import { BODY, CUSTOMER, HEADERS, KEY, LIMIT, PATH, STRIPE_KEY, STRIPE_PARAMETERS } from './request.mjs';

export const SUBJECTS = {
  '@renumerate/node': { load: () => import('@renumerate/node'), open: renumerate },
  'undici Pool': { load: () => import('undici'), open: undiciPool },
  'undici Agent': { load: () => import('undici'), open: undiciAgent },
  'node:http(s)': { load: loadNodeHttp, open: nodeHttp },
  stripe: { load: () => import('stripe'), open: stripe },
  axios: { load: () => import('axios'), open: axios },
  got: { load: () => import('got'), open: got },
  fetch: { load: () => Response, open: globalFetch },
};

// By default, undici closes idle connections after four seconds. The rounds of the others may take longer.
const UNDICI = { allowH2: false, headersTimeout: LIMIT, bodyTimeout: LIMIT, keepAliveTimeout: 60_000 };

function renumerate({ Renumerate }, url) {
  const client = new Renumerate({ privateKey: KEY, baseUrl: url });
  return async () => (await client.createRetentionSession({ customerId: CUSTOMER })).id;
}

function undiciPool({ Pool }, url, concurrency) {
  const pool = new Pool(url, { ...UNDICI, connections: concurrency });
  return async () => {
    const response = await pool.request({ path: PATH, method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await response.body.json()).id;
  };
}

function undiciAgent({ Agent, request }, url) {
  const dispatcher = new Agent(UNDICI);
  url += PATH;
  return async () => {
    const response = await request(url, { dispatcher, method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await response.body.json()).id;
  };
}

/** The standard library. */
function nodeHttp(modules, url) {
  const { protocol, hostname, port } = new URL(url);
  const http = modules[protocol];
  const options = { hostname, port, path: PATH, method: 'POST', agent: keepAliveAgent(http), timeout: LIMIT };
  return () =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(BODY);
      const headers = { ...HEADERS, 'Content-Length': Buffer.byteLength(body) };
      const request = http.request({ ...options, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.on('end', () => resolve(JSON.parse(text).id));
      });
      request.on('timeout', () => request.destroy(new Error('timeout')));
      request.on('error', reject);
      request.end(body);
    });
}

/**
 * An SDK like this one, on node:http. It does other work, because it encodes a form and creates its own objects. But
 * many backends use it together with this SDK.
 */
async function stripe({ default: Stripe }, url) {
  const { protocol, hostname, port } = new URL(url);
  const { sessions } = new Stripe(STRIPE_KEY, {
    protocol: protocol.slice(0, -1),
    host: hostname,
    port,
    httpAgent: keepAliveAgent((await loadNodeHttp())[protocol]),
    timeout: LIMIT,
    maxNetworkRetries: 0,
    telemetry: false,
  }).billingPortal;
  return async () => (await sessions.create(STRIPE_PARAMETERS)).id;
}

async function axios({ default: axios }, url) {
  const { http, https } = await keepAliveAgents();
  const client = axios.create({ httpAgent: http, httpsAgent: https, proxy: false, timeout: LIMIT, headers: HEADERS });
  url += PATH;
  return async () => (await client.post(url, BODY)).data.id;
}

async function got({ default: got }, url) {
  const agent = await keepAliveAgents();
  const client = got.extend({ agent, retry: { limit: 0 }, timeout: { request: LIMIT }, headers: HEADERS });
  url += PATH;
  return async () => (await client.post(url, { json: BODY }).json()).id;
}

/**
 * Node's copy of undici, with its default agent and the timeouts of that, five minutes. With an `AbortSignal.timeout`
 * for each call it is half as fast.
 */
function globalFetch(_, url) {
  url += PATH;
  return async () => {
    const response = await fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await response.json()).id;
  };
}

async function loadNodeHttp() {
  return { 'http:': await import('node:http'), 'https:': await import('node:https') };
}

async function keepAliveAgents() {
  const modules = await loadNodeHttp();
  return { http: keepAliveAgent(modules['http:']), https: keepAliveAgent(modules['https:']) };
}

function keepAliveAgent({ Agent }) {
  return new Agent({ keepAlive: true });
}
