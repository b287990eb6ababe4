import { test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { startServer } from '../support/server.ts';
import { killRounds, limit } from './rounds.ts';

/** kill -9 at random moments under load: nothing that was acknowledged is lost, nothing is half done. */
forEachEngine((engine) => {
  test('kill -9 of the server at random moments loses nothing', limit, async (context) => {
    await using server = await startServer({ engine });
    await killRounds(context, [server], false);
  });
});
