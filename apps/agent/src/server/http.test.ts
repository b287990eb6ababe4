import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTransport } from './http.ts';

/** Answers that no HTTP server of Node's would give: each call comes to an end. */

const answers: [what: string, answer: string, isEnd: boolean, reason: RegExp][] = [
  ['nothing', '', false, /no answer within 1 seconds/],
  ['half a head', 'HTTP/1.1 200 OK\r\ncontent-', false, /no answer within 1 seconds/],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', false, /no answer within 1 seconds/],
  ['half a body, and the end', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf', true, /closed before/],
  [
    'another protocol',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    false,
    /it answers 101/,
  ],
  ['that it goes on', 'HTTP/1.1 100 Continue\r\n\r\n', false, /no answer within 1 seconds/],
];
for (const [what, answer, isEnd, reason] of answers) {
  test(`${what}: the call is over within its time`, { timeout: 5000 }, async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (isEnd ? socket.end(answer) : socket.write(answer)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const transport = createTransport({});
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const began = performance.now();
    try {
      await assert.rejects(transport.send({ method: 'GET', url, headers: {}, within: 300 }), reason);
      assert.ok(performance.now() - began < 1000);
    } finally {
      transport.close();
      server.close();
    }
  });
}
