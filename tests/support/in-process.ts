/** The server in the test's own process, over HTTP like any other, with a clock that the test moves. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { compose, type Server } from '../../apps/server/src/compose.ts';
import { createHashing } from '../../apps/server/src/password/hashing.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { openAndMigrate } from '../../apps/server/src/platform/store/open.ts';
import type { Store } from '../../apps/server/src/platform/store/store.ts';
import { patchSettings } from '../../apps/server/src/settings/settings.ts';
import type { UserRow } from '../../apps/server/src/users/store.ts';
import { createUser } from '../../apps/server/src/users/users.ts';
import type { SettingsPatch } from '@countersign/protocol/wire';
import type { Engine } from './engines.ts';
import { freePort } from './free-port.ts';
import { password } from './people.ts';
import { sharedPostgres } from './stores.ts';

export interface InProcess extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
  readonly store: Store;
  /** What its settings were read from. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, as the server takes the time to be. */
  now: () => number;
  /** Moves the clock on by so many milliseconds. */
  advance(by: number): void;
  addPerson(login: string, more?: { role?: UserRow['role'] }): Promise<UserRow>;
  patchSettings(patch: SettingsPatch): Promise<void>;
  /** The subjects of the mails to that person, oldest first; two of one moment have no order. */
  mailsTo(login: string): Promise<string[]>;
}

let hashed: Promise<string> | undefined;

export async function startInProcess(engine: Engine, env: Record<string, string> = {}): Promise<InProcess> {
  const data = await mkdtemp(join(tmpdir(), 'countersign-in-process-'));
  const port = await freePort();
  const variables = {
    PORT: String(port),
    COUNTERSIGN_DATA: data,
    LOG_LEVEL: 'silent',
    COUNTERSIGN_SECRET: 'a secret of the tests, and long enough',
    ...(engine === 'postgres' ? { DATABASE_URL: await (await sharedPostgres()).createDatabase() } : {}),
    ...env,
  };
  const environment = readEnvironment(variables);
  let offset = 0;
  const now = () => Date.now() + offset;
  const store = await openAndMigrate(environment);
  const server = await compose(environment, store, pino({ level: environment.logLevel }), { now });
  await server.app.listen({ port: environment.port, host: '127.0.0.1' });
  return {
    url: environment.issuer,
    server,
    store,
    env: variables,
    now,
    advance: (by) => {
      offset += by;
    },
    async addPerson(login, { role = 'user' } = {}) {
      const passwordHash = await (hashed ??= createHashing().hash(password));
      const person = { login, email: `${login}@example.com`, name: `Test ${login}`, role, passwordHash };
      return store.transaction((transaction) =>
        createUser(transaction, { ...person, state: 'active', mustChangePassword: false }, server.platform),
      );
    },
    async mailsTo(login) {
      const text = 'SELECT subject FROM mails WHERE recipient = :to ORDER BY created_at, id';
      const rows = await store.query({ text, names: ['to'] } as never, { to: `${login}@example.com` });
      return rows.map(({ subject }) => subject as string);
    },
    async patchSettings(patch) {
      await store.transaction((transaction) => patchSettings(transaction, patch));
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await store.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
