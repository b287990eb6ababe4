import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startInProcess, type InProcess } from '../support/in-process.ts';

let server: InProcess;
before(async () => {
  server = await startInProcess('sqlite');
});
after(() => server[Symbol.asyncDispose]());

test('whoever reloads a page of the Admin Portal, or opens it from a bookmark, gets it', async () => {
  const router = readFileSync(join(import.meta.dirname, '../../apps/admin/src/router.tsx'), 'utf8');
  const paths = [...router.matchAll(/^ +path: '(\/[^']*)'/gm)].map(([, path]) =>
    path!.replace(/\$\w+/g, 'x'),
  );
  assert.ok(paths.length > 20, paths.join());
  for (const path of paths) {
    const answer = await fetch(`${server.url}/admin${path}`, { headers: { accept: 'text/html' } });
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers.get('content-type')!, /^text\/html/, path);
  }
});
