import type { RunningServer } from '../support/server.ts';
import { addPerson, enrol } from '../support/people.ts';
import type { Person } from './ledger.ts';

/** So many people with a phone each, signed in once from a browser that is thereby familiar. */
export async function enrolPeople(server: RunningServer, count: number): Promise<Person[]> {
  const logins = Array.from({ length: count }, (_, number) => `person${number}`);
  const waiting = [...logins];
  const adder = async () => {
    for (let login; (login = waiting.shift()) !== undefined;) await addPerson(server, login);
  };
  await Promise.all([adder(), adder(), adder()]);
  const people: Person[] = [];
  for (const login of logins) {
    // Without a verification key: an answer is then one signature, and the load is on the store.
    people.push({ login, ...(await enrol(server, login, { verification: false })), uncertain: false });
  }
  return people;
}
