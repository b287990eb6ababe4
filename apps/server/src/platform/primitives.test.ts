import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

test('the protocol’s own tests and vectors hold with the server’s primitives in the place of WebCrypto', () => {
  const protocol = join(import.meta.dirname, '../../../../packages/protocol/src');
  const url = (path: string) => JSON.stringify(pathToFileURL(path).href);
  const replace = `data:text/javascript,${encodeURIComponent(
    `import { usePrimitives } from ${url(join(protocol, 'index.ts'))};
     import { createPrimitives } from ${url(join(import.meta.dirname, 'primitives.ts'))};
     usePrimitives(createPrimitives());`,
  )}`;
  const files = globSync('**/*.test.ts', { cwd: protocol }).map((file) => join(protocol, file));
  assert.ok(files.length > 10, `${files.length} files`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', replace, '--test', '--test-isolation=none', ...files],
    {
      env,
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^. fail 0$/m);
});
