// Makes 50 000 calls with one signal against a local server. Prints how much the memory grew after the first 10 000.

import { getEventListeners } from 'node:events';
import { createServer } from 'node:net';
import { Renumerate } from '@renumerate/node';
import { ID } from '../session-id.mjs';

const body = JSON.stringify({ id: ID });
const response = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => data.toString('latin1').endsWith('}}') && socket.write(response));
  socket.on('error', () => {}).unref();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const client = new Renumerate({ privateKey: 'sk_x', baseUrl: `http://127.0.0.1:${server.address().port}` });
const { signal } = new AbortController();
let calls = 0;

async function callUntil(total) {
  const worker = async () => {
    while (calls < total) {
      calls++;
      await client.createRetentionSession({ customerId: 'cus_1' }, { signal });
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  await new Promise(setImmediate);
  global.gc();
  const { heapUsed: heap, rss: resident } = process.memoryUsage();
  return { heap, resident };
}

const early = await callUntil(10_000);
const late = await callUntil(50_000);
const listeners = getEventListeners(signal, 'abort').length;
console.log(
  JSON.stringify({ calls, listeners, heap: late.heap - early.heap, resident: late.resident - early.resident }),
);
server.unref();
