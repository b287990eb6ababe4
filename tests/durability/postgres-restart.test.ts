import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPostgres } from '../support/installed.ts';
import { startPostgres } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';
import { check, passAnHour } from './checker.ts';
import { Ledger } from './ledger.ts';
import { seeded, startLoad } from './load.ts';
import { enrolPeople } from './people.ts';
import { seed } from './rounds.ts';

/** The database goes away in mid-flow and comes back: the server says so meanwhile, stays up, and loses nothing. */
const skip = findPostgres() === undefined && 'PostgreSQL is not installed';

for (const how of ['restarted', 'killed'] as const) {
  test(
    `PostgreSQL is ${how} under load: nothing is lost, and sign-ins go on`,
    { skip, timeout: 110_000 },
    async (context) => {
      await using postgres = await startPostgres();
      const env = { DATABASE_URL: await postgres.createDatabase(), LOG_LEVEL: 'fatal' };
      await using server = await startServer({ engine: 'postgres', env });
      const random = seeded(seed);
      const ledger = new Ledger();
      const people = await enrolPeople(server, 8);
      const places = () => ({ browser: server.at, phone: server.at });
      for (let round = 0; round < 3; round += 1) {
        await passAnHour(server);
        using load = startLoad(people, ledger, { workers: 8, random, places, goOn: true });
        await sleep(300 + random() * 500);
        if (how === 'killed') await postgres.crash();
        else await postgres.restart({ after: 300 });
        // Those who went on meanwhile come back by themselves.
        const before = ledger.completed.size;
        await passAnHour(server);
        for (const giveUp = Date.now() + 20_000; ledger.completed.size === before;) {
          assert.ok(Date.now() < giveUp, 'sign-ins go on after the database came back');
          await sleep(50);
        }
        load.stop();
        await load.done;
        await check(server, people, ledger);
      }
      const { code, stdout } = await server.cli(['doctor']);
      assert.equal(code, 0, stdout);
      context.diagnostic(`${ledger.count} acknowledged writes, none lost`);
    },
  );
}
