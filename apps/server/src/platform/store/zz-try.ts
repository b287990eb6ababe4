import { startPostgres } from '../../../../../tests/support/postgres.ts';
import { openPostgres } from './postgres.ts';
import { statement } from './store.ts';
const pg = await startPostgres();
const url = await pg.createDatabase();
const store = await openPostgres(url),
  other = await openPostgres(url);
const pidOf = statement<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const kill = statement('SELECT pg_terminate_backend(:pid)');
const wait = statement('SELECT pg_sleep(:seconds)');
process.on('uncaughtException', (e) => console.log('UNCAUGHT', e));
process.on('unhandledRejection', (e) => console.log('UNHANDLED', e));
await store
  .transaction(async (t) => {
    const { pid } = (await pidOf.get(t))!;
    setTimeout(() => void kill.run(other, { pid }), 50);
    try {
      await wait.run(t, { seconds: 5 });
    } catch (e) {
      console.log('STATEMENT', e);
      throw e;
    }
  })
  .catch((e) => console.log('TRANSACTION', e));
const out = await Promise.allSettled(
  Array.from({ length: 40 }, () => store.transaction((t) => pidOf.get(t))),
);
console.log(
  out.filter((o) => o.status === 'rejected'),
  out.length,
);
console.log(
  (await Promise.allSettled(Array.from({ length: 40 }, () => store.transaction((t) => pidOf.get(t))))).filter(
    (o) => o.status === 'rejected',
  ),
);
await store.close();
await other.close();
await pg.stop();
console.log(process.getActiveResourcesInfo());
