import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '../support/server.ts';
import { check, passAnHour } from './checker.ts';
import { Ledger } from './ledger.ts';
import { seeded, startLoad } from './load.ts';
import { enrolPeople } from './people.ts';

/** 20 rounds, or as many as COUNTERSIGN_KILL_ROUNDS says (`npm run test:long`: 200). */
export const rounds = Number(process.env.COUNTERSIGN_KILL_ROUNDS ?? 20);
export const seed = Number(process.env.COUNTERSIGN_SEED ?? 20_261_124);
export const limit = { timeout: 120_000 + rounds * 20_000 }; // ms

/**
 * Load on all servers, kill -9 of one of them at a random moment, a restart, the check: `rounds` times, and `doctor`
 * at the end. With `goOn`, whoever met the dead server tries again at whichever is there.
 */
export async function killRounds(
  context: { diagnostic(text: string): void },
  servers: RunningServer[],
  goOn: boolean,
): Promise<void> {
  const random = seeded(seed);
  const ledger = new Ledger();
  const people = await enrolPeople(servers[0]!, 12);
  const anyPlace = () => servers[Math.floor(random() * servers.length)]!.at;
  for (let round = 0; round < rounds; round += 1) {
    await passAnHour(servers[0]!);
    using load = startLoad(people, ledger, {
      workers: 8,
      random,
      places: () => ({ browser: anyPlace(), phone: anyPlace() }),
      goOn,
    });
    const before = ledger.completed.size;
    await sleep(200 + random() * 700);
    // On a slow machine nobody has got through by then: in every second round somebody shall have.
    for (const end = Date.now() + 10_000; round % 2 === 1 && Date.now() < end; await sleep(10))
      if (ledger.completed.size > before) break;
    const victim = servers[round % servers.length]!;
    await victim.stop('SIGKILL');
    if (goOn) await sleep(200);
    load.stop();
    await load.done;
    await victim.restart();
    await check(victim, people, ledger);
  }
  // A slow machine signs in fewer before each kill; none at all would show nothing.
  assert.ok(ledger.completed.size > rounds / 4, `only ${ledger.completed.size} sign-ins in ${rounds} rounds`);
  const { code, stdout } = await servers[0]!.cli(['doctor']);
  assert.equal(code, 0, stdout);
  context.diagnostic(
    `${rounds} rounds of kill -9: ${ledger.count} acknowledged writes, ${ledger.completed.size} sign-ins, none lost`,
  );
}
