import { createClient, inParallel } from './client.ts';
import { median, type Figure } from './figures.ts';
import type { Population } from './population.ts';
import type { ServerProcess } from './processes.ts';
import { signIn } from './sign-in.ts';

/** What a sign-in costs the server in a large organisation, against the same in a small one, turn by turn. */

const warmUp = 3;
const rounds = 9;
export const signInsInRound = 48;
const atOnce = 8;

interface Organisation {
  server: ServerProcess;
  population: Population;
}

export async function measureSignInAmong(
  engine: string,
  many: Organisation,
  few: Organisation,
): Promise<Figure> {
  const ratios: number[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    const ratio = (await costOfSignIns(many)) / (await costOfSignIns(few));
    if (round >= 0) ratios.push(ratio);
  }
  return {
    name: `${engine}: a sign-in among many people against one among a thousand, server CPU`,
    value: median(ratios),
    unit: '×',
    samples: ratios,
    target: { atMost: 1.2 },
    note: 'each is in a group of everybody',
  };
}

/** In milliseconds of the server's CPU, for all of them. */
async function costOfSignIns({ server, population }: Organisation): Promise<number> {
  const client = createClient(server.at);
  await population.passAnHour();
  const before = server.cpu();
  await inParallel(population.members, atOnce, (member) => signIn(server, client, member));
  const cost = server.cpu() - before;
  client.close();
  return cost;
}
