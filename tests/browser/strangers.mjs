// With whom the browser spoke: by its own log of what it does on the network, which knows of more than pages do.

import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { FOREIGN } from './chromium.mjs';

const OURS = new Set(['localhost', '127.0.0.1', FOREIGN]);

/** Whether an address that a page asks for is of this machine, or of nobody. */
export function isOurs(url) {
  const { protocol, hostname } = new URL(url);
  return !/^(?:https?|wss?):$/.test(protocol) || OURS.has(hostname);
}

/** The addresses other than loopback that it opened a connection to, or tried to, or sent anything to. */
export function strangers(netLog) {
  const { constants, events } = JSON.parse(readFileSync(netLog, 'utf8'));
  const of = (name) => events.filter(({ type }) => type === known(constants.logEventTypes, name));
  const connected = of('TCP_CONNECT_ATTEMPT').flatMap(({ params }) => params?.address ?? []);
  // Without a packet, `connect` of a datagram's socket only asks the system whether there is a way.
  const sources = new Set(of('UDP_BYTES_SENT').map(({ source }) => source.id));
  const datagrams = of('UDP_CONNECT').filter(({ source, params }) => params?.address && sources.has(source.id));
  const loose = of('UDP_BYTES_SENT').flatMap(({ params }) => params?.address ?? []);
  const all = [...connected, ...datagrams.map(({ params }) => params.address), ...loose];
  if (!all.some(isLoopback)) throw new Error(`${netLog} does not tell whom the browser spoke with`);
  return [...new Set(all)].filter((address) => !isLoopback(address));
}

function known(types, name) {
  if (!(name in types)) throw new Error(`the browser's log has no ${name} any more`);
  return types[name];
}

function isLoopback(address) {
  const [, host] = /^\[?(.*?)\]?:\d+$/.exec(address) ?? [];
  return host === '::1' || (isIPv4(host ?? '') && host.startsWith('127.'));
}
