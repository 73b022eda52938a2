// Who takes part: each loads its library, then sets itself up against a URL for so many calls at once, and gives a call
// that promises the id of a session.
//
// Each loads its library itself: in a worker process there is no other, and one that is missing spoils only its row.
// Whom to trust over TLS is said by the process's environment, to all of them alike.

import { BODY, CUSTOMER, HEADERS, KEY, LIMIT, PATH, STRIPE_KEY, STRIPE_PARAMETERS } from './request.mjs';

export const CONTENDERS = {
  '@renumerate/node': { load: () => import('@renumerate/node'), start: renumerate },
  'undici Pool': { load: () => import('undici'), start: undiciPool },
  'undici Agent': { load: () => import('undici'), start: undiciAgent },
  'node:http(s)': { load: loadNodeHttp, start: nodeHttp },
  stripe: { load: () => import('stripe'), start: stripe },
  axios: { load: () => import('axios'), start: axios },
  got: { load: () => import('got'), start: got },
  fetch: { load: () => Response, start: globalFetch },
};

// Undici closes idle connections after four seconds, and the rounds of the others may take longer.
const UNDICI = { allowH2: false, headersTimeout: LIMIT, bodyTimeout: LIMIT, keepAliveTimeout: 60_000 };

function renumerate({ Renumerate }, url) {
  const client = new Renumerate({ privateKey: KEY, baseUrl: url });
  return async () => (await client.createRetentionSession({ customerId: CUSTOMER })).id;
}

function undiciPool({ Pool }, url, atOnce) {
  const pool = new Pool(url, { ...UNDICI, connections: atOnce });
  return async () => {
    const answer = await pool.request({ path: PATH, method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await answer.body.json()).id;
  };
}

function undiciAgent({ Agent, request }, url) {
  const dispatcher = new Agent(UNDICI);
  url += PATH;
  return async () => {
    const answer = await request(url, { dispatcher, method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await answer.body.json()).id;
  };
}

/** The least that can be written with Node alone. */
function nodeHttp(modules, url) {
  const { protocol, hostname, port } = new URL(url);
  const http = modules[protocol];
  const options = { hostname, port, path: PATH, method: 'POST', agent: keepAliveAgent(http), timeout: LIMIT };
  return () =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(BODY);
      const headers = { ...HEADERS, 'Content-Length': Buffer.byteLength(body) };
      const request = http.request({ ...options, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => (text += part));
        answer.on('end', () => resolve(JSON.parse(text).id));
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body);
    });
}

/**
 * An SDK like ours, over node:http. It encodes a form and builds its own objects: not the same work, but what a backend
 * has beside this SDK.
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
 * What comes with Node: a copy of undici, with the agent that it has by default and the limits of that, five minutes.
 * An `AbortSignal.timeout` for each call makes it half as quick.
 */
function globalFetch(_, url) {
  url += PATH;
  return async () => {
    const answer = await fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(BODY) });
    return (await answer.json()).id;
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
