import { test } from 'node:test';
import { findPostgres } from '../support/installed.ts';
import { freePort } from '../support/free-port.ts';
import { startServer } from '../support/server.ts';
import { sharedPostgres } from '../support/stores.ts';
import { killRounds, limit } from './rounds.ts';

/** Two processes are one server: browser and phone go to either, and either may be killed at any moment. */
const skip = findPostgres() === undefined && 'PostgreSQL is not installed';

test(
  'kill -9 of either of two servers: the other goes on, nothing is lost',
  { ...limit, skip },
  async (context) => {
    const env = {
      DATABASE_URL: await (await sharedPostgres()).createDatabase(),
      // One name for both, as behind a load balancer.
      COUNTERSIGN_URL: `http://localhost:${await freePort()}`,
    };
    await using one = await startServer({ engine: 'postgres', env });
    await using other = await startServer({ engine: 'postgres', env });
    await killRounds(context, [one, other], true);
  },
);
