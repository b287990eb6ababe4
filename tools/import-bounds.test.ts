import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations } from './import-bounds.ts';

const server = 'apps/server/src';

/** One planted violation a bound: the file, its source, and what must be said of it. */
const planted: [bound: string, path: string, source: string, said: RegExp][] = [
  [
    'platform knows no domain',
    `${server}/platform/http/app.ts`,
    `import '../../users/users.ts'`,
    /users does not stand below platform/,
  ],
  [
    'a lower row imports no higher one',
    `${server}/users/users.ts`,
    `import { begin } from '../authentication/begin.ts'`,
    /does not stand below users/,
  ],
  [
    'types count as well',
    `${server}/events/events.ts`,
    `import type { User } from '../users/users.ts'`,
    /users does not stand below events/,
  ],
  [
    're-exports count as well',
    `${server}/events/events.ts`,
    `export * from '../users/users.ts'`,
    /users does not stand below events/,
  ],
  [
    'import() counts as well',
    `${server}/events/events.ts`,
    `await import('../users/users.ts')`,
    /users does not stand below events/,
  ],
  [
    'verifiers do not import each other',
    `${server}/push/ask.ts`,
    `import { code } from '../otp/code.ts'`,
    /otp does not stand below push/,
  ],
  [
    'askers do not import each other',
    `${server}/saml/routes.ts`,
    `import { x } from '../oidc/x.ts'`,
    /oidc does not stand below saml/,
  ],
  [
    'nobody imports compose.ts but main and cli',
    `${server}/admin/routes.ts`,
    `import { x } from '../compose.ts'`,
    /compose\.ts does not stand below admin/,
  ],
  [
    'nobody but the completion of an authentication attests',
    `${server}/me/routes.ts`,
    `import { attest } from '../sessions/verified.ts'`,
    /only .*complete\.ts may attest/,
  ],
  [
    'policy imports no sibling',
    `${server}/policy/decide.ts`,
    `import type { Platform } from '../platform/platform.ts'`,
    /policy imports nothing else/,
  ],
  [
    'a folder without a row',
    `${server}/teapot/brew.ts`,
    `import { x } from '../users/users.ts'`,
    /teapot has no row/,
  ],
  [
    'protocol imports nothing of ours',
    'packages/protocol/src/json.ts',
    `import { Mark } from '@countersign/ui'`,
    /packages\/protocol imports of ours only itself/,
  ],
  [
    'protocol imports no node:',
    'packages/protocol/src/hash.ts',
    `import { createHash } from 'node:crypto'`,
    /browsers/,
  ],
  [
    'a type of node: is no exception',
    'packages/protocol/src/hash.ts',
    `import type { Hash } from 'node:crypto'`,
    /browsers/,
  ],
  [
    'faces import only protocol and ui',
    'apps/portal/src/main.tsx',
    `import type { User } from '../../server/src/users/users.ts'`,
    /apps\/portal imports of ours only/,
  ],
  [
    'apps never import each other',
    'apps/admin/src/main.tsx',
    `import { Login } from '@countersign/portal'`,
    /apps\/admin imports of ours only/,
  ],
  [
    'the server imports no face',
    `${server}/compose.ts`,
    `import { x } from '../../portal/src/x.ts'`,
    /apps\/server imports of ours only/,
  ],
  [
    'the product imports no test',
    `${server}/compose.ts`,
    `import { x } from '../../../tests/support/server.ts'`,
    /apps\/server imports of ours only/,
  ],
  [
    'faces take only types of the wire',
    'apps/portal/src/main.tsx',
    `import { Session } from '@countersign/protocol/wire'`,
    /only types/,
  ],
  [
    'Fastify in routes.ts only',
    `${server}/users/users.ts`,
    `import type { FastifyRequest } from 'fastify'`,
    /know Fastify/,
  ],
  ['its plug-ins too', `${server}/users/users.ts`, `import cookie from '@fastify/cookie'`, /know Fastify/],
  [
    'SQL in store.ts only',
    `${server}/users/users.ts`,
    `import { statement } from '../platform/store/store.ts'`,
    /only a store\.ts holds SQL/,
  ],
  ['no folder utils', 'apps/portal/src/utils/text.ts', '', /no folder is named utils/],
  ['no folder helpers', 'tests/helpers/start.ts', '', /no folder is named/],
  ['no folder services', `${server}/services/mail.ts`, '', /no folder is named/],
  ['no folder common', 'packages/ui/src/common/button.tsx', '', /no folder is named/],
];

for (const [bound, path, source, said] of planted) {
  test(`the bound fires: ${bound}`, () => {
    const violations = findViolations([[path, source]]);
    assert.equal(violations.length, 1);
    assert.match(violations[0]!, said);
    assert.ok(violations[0]!.startsWith(`${path}: `));
  });
}

test('what is allowed passes', () => {
  const allowed: [string, string][] = [
    [`${server}/main.ts`, `import { compose } from './compose.ts'; import Fastify from 'fastify'`],
    [
      `${server}/push/routes.ts`,
      `import type { FastifyReply } from 'fastify'; import { x } from '../sessions/x.ts'`,
    ],
    [`${server}/push/store.ts`, `import { statement } from '../platform/store/store.ts'; import './view.ts'`],
    [
      `${server}/push/ask.ts`,
      `import type { Store } from '../platform/store/store.ts'; import 'node:crypto'`,
    ],
    [
      `${server}/policy/decide.ts`,
      `import { x } from './acr.ts'; import type { Y } from '@countersign/protocol/wire'`,
    ],
    [`${server}/platform/x.test.ts`, `import { startPostgres } from '../../../../tests/support/postgres.ts'`],
    [
      'apps/portal/src/main.tsx',
      `import type { S } from '@countersign/protocol/wire'; import { M } from '@countersign/ui'`,
    ],
    ['apps/portal/vite.config.ts', `import { join } from 'node:path'`],
    ['packages/protocol/src/wire/common.ts', `import { Type } from 'typebox'`],
    ['tests/flows/login.test.ts', `import { x } from '../../apps/server/src/compose.ts'`],
  ];
  assert.deepEqual(findViolations(allowed), []);
});

test('a file that cannot be parsed is no silent pass', () => {
  assert.throws(() => findViolations([[`${server}/main.ts`, 'import {']]), /main\.ts/);
});
