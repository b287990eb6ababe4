import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startInProcess } from '../support/in-process.ts';
import { findProgram } from '../support/installed.ts';

/** The server speaks https itself where it is given a certificate. */
const skip = findProgram('openssl') === undefined && 'OpenSSL is not installed';

test('TLS by certificate files: the issuer is https, and so is every page', { skip }, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-tls-'));
  context.after(() => rm(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '2'];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    ...subject,
  ]);
  await using server = await startInProcess('sqlite', {
    COUNTERSIGN_TLS_CERT: cert,
    COUNTERSIGN_TLS_KEY: key,
  });
  assert.match(server.url, /^https:\/\/localhost:\d+$/);
  const asked = request(`${server.url}/.well-known/countersign`, { rejectUnauthorized: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  assert.match(response.headers['strict-transport-security']!, /max-age/);
  assert.equal((JSON.parse(await text(response)) as { issuer: string }).issuer, server.url);
});
