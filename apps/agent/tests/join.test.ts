import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { exportPresenceJwk, generatePresenceKey } from '@countersign/protocol';
import { issuerOf, join } from '../src/commands/join.ts';
import { leave } from '../src/commands/leave.ts';
import { status } from '../src/commands/status.ts';
import { FakeServer, newKey } from './support/fake-server.ts';
import { temporaryFolder } from './support/host.ts';

/** Joining and leaving: nobody between host and server puts keys of their own in the place of theirs. */

const joining = (server: FakeServer, folder = temporaryFolder()) =>
  join({ url: server.issuer, token: server.token, folder, name: 'web-1' });

test('the token never travels', async () => {
  await using server = await FakeServer.start();
  await joining(server);
  const said = JSON.stringify(server.calls);
  const token = server.token.replaceAll('-', '');
  assert.ok(said.includes(token.slice(0, 16)), 'its id does');
  assert.ok(!said.includes(token.slice(16)) && !said.includes(server.token));
});

test('an answer whose verdict keys, host or MAC were changed on the way is refused, and the host has not joined', async () => {
  const other = (await newKey()).jwk;
  const changes: ((body: any) => object)[] = [
    (body) => ({ ...body, verdict_keys: [{ ...other }] }),
    (body) => ({ ...body, host: { ...body.host, id: 'host_2' } }),
    (body) => ({ ...body, mac: 'A'.repeat(43) }),
    (body) => ({ ...body, mac: undefined }),
    () => ({}),
  ];
  for (const change of changes) {
    await using server = await FakeServer.start();
    server.change = ({ status, body }) => ({ status, body: change(body) });
    const folder = temporaryFolder();
    await assert.rejects(joining(server, folder), /does not prove|not that of a Countersign server/);
    assert.ok(!readdirSync(folder).includes('host.json'));
  }
});

test('a request whose keys were changed on the way is not taken by the server', async () => {
  await using server = await FakeServer.start();
  const theirs = await exportPresenceJwk((await generatePresenceKey()).publicKey);
  server.instead = (call) => {
    call.body.host_key = theirs;
    return undefined;
  };
  await assert.rejects(joining(server), /join_token_not_found/);
});

test('a clock that is off is named with its seconds', async () => {
  await using server = await FakeServer.start();
  server.now = () => Date.now() + 400_000;
  await assert.rejects(joining(server), /The clock of this host is 400 seconds behind\./);
});

test('what a server says for the terminal of root holds no orders for it', async () => {
  await using server = await FakeServer.start();
  const detail = 'No.\u001b[2J\u009b2J\n\u202eyes';
  const isPlain = (text: string) => {
    assert.match(text, /No\.\\u\{1b\}\[2J\\u\{9b\}2J\\u\{a\}\\u\{202e\}yes/);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
    return true;
  };
  const folder = temporaryFolder();
  await joining(server, folder);
  server.instead = () => server.refuse(403, 'no', { detail });
  await assert.rejects(joining(server), ({ message }: Error) => isPlain(message));
  const lines: string[] = [];
  assert.equal(await status(folder, (line) => lines.push(line)), false);
  assert.ok(isPlain(lines.find((line) => line.startsWith('server'))!));
  await assert.rejects(leave(folder, { pam: folder }), ({ message }: Error) => isPlain(message));
});

test('addresses: https, or this machine itself', () => {
  assert.equal(issuerOf('https://id.example.com'), 'https://id.example.com');
  assert.equal(issuerOf('https://id.example.com:8443/'), 'https://id.example.com:8443');
  assert.equal(issuerOf('http://localhost:8480'), 'http://localhost:8480');
  for (const wrong of [
    'http://id.example.com',
    'http://localhost.evil.example',
    'id.example.com',
    'ftp://x',
    '',
    'https://a:b@c/',
    'https://c/portal',
    'https://c/?x',
    'http://127.0.0.1@evil.example',
  ])
    assert.throws(() => issuerOf(wrong), /The address of the server/, wrong);
});

test('leaving is refused while a file of PAM names the module', async () => {
  await using server = await FakeServer.start();
  const folder = temporaryFolder();
  await joining(server, folder);
  const pam = joinPath(folder, 'pam.d');
  mkdirSync(pam);
  writeFileSync(joinPath(pam, 'sshd'), '# auth required pam_countersign.so\nauth required pam_unix.so\n');
  writeFileSync(joinPath(pam, 'sudo'), 'auth required pam_unix.so\nauth required pam_countersign.so\n');
  await assert.rejects(leave(folder, { pam }), /Logins still ask the agent \(\S+sudo\)/);
  writeFileSync(joinPath(pam, 'sudo'), 'auth required pam_unix.so\n');
  await leave(folder, { pam });
  assert.ok(!readdirSync(folder).includes('host-key.pem'));
});

test('leaving needs the server, or --force', async () => {
  await using server = await FakeServer.start();
  const folder = temporaryFolder();
  await joining(server, folder);
  await server.down();
  await assert.rejects(
    leave(folder, { pam: folder }),
    /The server cannot be reached: it refuses connections/,
  );
  assert.ok(readdirSync(folder).includes('host.json'));
  await leave(folder, { pam: folder, force: true });
  assert.ok(!readdirSync(folder).includes('host.json'));
});
