import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiScope } from '@countersign/protocol/wire';
import { collections, scopesInWords } from './scopes.ts';

test('scopes in words, in the order of the rooms; what no room knows as it is written', () => {
  assert.equal(
    scopesInWords(['events:read', 'users:write', 'users:read']),
    'People: read, change. Events: read',
  );
  assert.equal(scopesInWords(['outbox:write', 'tokens:write']), 'API tokens: change. outbox:write');
});

test('no scope stands twice, and each that is offered is one', () => {
  const offered = collections.flatMap(({ read, write }) =>
    [read, write].filter((scope) => scope !== undefined),
  );
  assert.equal(new Set(offered).size, offered.length);
  for (const scope of offered) assert.ok(ApiScope.enum.includes(scope), scope);
});
