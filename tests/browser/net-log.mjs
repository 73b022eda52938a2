// Hosts that the browser contacted, from the browser's network log. The log contains the requests of pages and also the
// browser's own background requests.

import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

/** Names of this machine. In the tests, names below `.test` belong to this machine, too. */
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|.*\.test)$/;

/** Returns whether a request goes to this machine, or to no host at all, such as a request for a `data:` URL. */
export function isLocal(url) {
  const { protocol, hostname } = new URL(url);
  return !/^(?:https?|wss?):$/.test(protocol) || LOCAL_HOST.test(hostname);
}

/** Returns the non-loopback addresses to which the browser tried to connect or sent data. */
export function foreignAddresses(netLog) {
  const { constants, events } = JSON.parse(readFileSync(netLog, 'utf8'));
  const eventsOf = (name) => events.filter(({ type }) => type === eventType(constants.logEventTypes, name));
  const connected = eventsOf('TCP_CONNECT_ATTEMPT').flatMap(({ params }) => params?.address ?? []);
  // Count a connected UDP socket only if it sent data, because `connect` itself sends nothing: it only looks up the
  // route.
  const sources = new Set(eventsOf('UDP_BYTES_SENT').map(({ source }) => source.id));
  const datagrams = eventsOf('UDP_CONNECT').filter(({ source, params }) => params?.address && sources.has(source.id));
  const unconnected = eventsOf('UDP_BYTES_SENT').flatMap(({ params }) => params?.address ?? []);
  const all = [...connected, ...datagrams.map(({ params }) => params.address), ...unconnected];
  if (!all.some(isLoopback)) throw new Error(`${netLog} contains no connections`);
  return [...new Set(all)].filter((address) => !isLoopback(address));
}

function eventType(types, name) {
  if (!(name in types)) throw new Error(`the browser's network log has no event type ${name}`);
  return types[name];
}

function isLoopback(address) {
  const [, host] = /^\[?(.*?)\]?:\d+$/.exec(address) ?? [];
  return host === '::1' || (isIPv4(host ?? '') && host.startsWith('127.'));
}
