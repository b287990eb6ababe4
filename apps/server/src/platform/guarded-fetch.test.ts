import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { askSparingly, BlockedAddress, createGuardedFetch, isPublicAddress } from './guarded-fetch.ts';

test('addresses that are not of the public internet', () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '172.16.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'not an address',
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
  for (const address of ['93.184.216.34', '2606:2800:220:1::1'])
    assert.equal(isPublicAddress(address), true, address);
});

test('http, private, credentials and names of private addresses are blocked before anything is sent', async () => {
  let connections = 0;
  const server = createServer((_request, response) => response.end('hello')).on(
    'connection',
    () => (connections += 1),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const guarded = createGuardedFetch([]);
  for (const url of [
    `http://127.0.0.1:${port}/`,
    `https://127.0.0.1:${port}/`,
    `https://localhost:${port}/`,
    `https://[::1]:${port}/`,
    `https://2130706433:${port}/`,
    'https://user:secret@example.com/',
    'ftp://example.com/',
    'nonsense',
  ]) {
    await assert.rejects(guarded(url, { method: 'GET' }), BlockedAddress, url);
  }
  assert.equal(connections, 0);
  const trusting = createGuardedFetch([`http://127.0.0.1:${port}`]);
  assert.equal(
    Buffer.from((await trusting(`http://127.0.0.1:${port}/x`, { method: 'GET' })).body).toString(),
    'hello',
  );
  await assert.rejects(
    trusting(`http://localhost:${port}/`, { method: 'GET' }),
    BlockedAddress,
    'exactly that origin',
  );
  server.close();
});

test('no redirect is followed, and an answer that is too large is cut off', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    else response.end(Buffer.alloc(1024 * 1024));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const guarded = createGuardedFetch([origin]);
  assert.equal((await guarded(`${origin}/away`, { method: 'GET' })).status, 302);
  await assert.rejects(guarded(`${origin}/large`, { method: 'GET' }), /too large/);
  server.close();
});

test('a silent name server keeps few threads: a name is asked for once at a time, and two names at once', async () => {
  const asked: { hostname: string; answer: () => void }[] = [];
  const resolve = askSparingly(
    (hostname, _options, done) =>
      asked.push({ hostname, answer: () => done(null, [{ address: '192.0.2.1', family: 4 }]) }),
    2,
  );
  const answered: string[] = [];
  const look = (hostname: string) => resolve(hostname, { all: true }, () => answered.push(hostname));
  for (const hostname of ['a', 'a', 'a', 'b', 'c', 'd']) look(hostname);
  const turn = () => new Promise((done) => setImmediate(done));
  await turn();
  assert.deepEqual(
    asked.map(({ hostname }) => hostname),
    ['a', 'b'],
  );
  asked[0]!.answer();
  await turn();
  assert.deepEqual(answered, ['a', 'a', 'a']);
  assert.deepEqual(
    asked.map(({ hostname }) => hostname),
    ['a', 'b', 'c'],
  );
  for (const { answer } of asked) answer();
  await turn();
  asked.at(-1)!.answer();
  await turn();
  assert.deepEqual(answered, ['a', 'a', 'a', 'b', 'c', 'd']);
  // Each time anew.
  look('a');
  await turn();
  assert.equal(asked.at(-1)!.hostname, 'a');
});

test('a name that is not found is told to all who asked', async () => {
  const resolve = askSparingly((_hostname, _options, done) => done(new Error('ENOTFOUND'), []), 1);
  for (let round = 0; round < 3; round += 1) {
    const errors = await Promise.all(
      ['a', 'a', 'b'].map(
        (name) =>
          new Promise<string>((told) =>
            resolve(name, { all: true }, (error) => told(String(error?.message))),
          ),
      ),
    );
    assert.deepEqual(errors, ['ENOTFOUND', 'ENOTFOUND', 'ENOTFOUND']);
  }
});
