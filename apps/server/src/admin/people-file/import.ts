import type { ImportQuery, ImportStep } from '@countersign/protocol/wire';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addGroup } from '../../groups/groups.ts';
import { joinGroup } from '../../groups/groups.ts';
import { findGroupBySearch } from '../../groups/store.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { randomId } from '../../platform/random-text.ts';
import { searchTextOf } from '../../platform/search-text.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { atOnce, many } from '../../platform/store/many.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { invite } from '../../setup/invitations.ts';
import { findUser } from '../../users/store.ts';
import { identifiersOf, writeUser } from '../../users/users.ts';
import { isStill, type Administrator } from '../access.ts';
import type { PeopleNeeds } from '../users.ts';
import { checkLine, type Checked, type FilePerson } from './check.ts';
import type { FileLine, PeopleFile } from './parse.ts';
import { listTaken } from './store.ts';

/**
 * People from a file: checked line by line, and added some at a time, each batch in one transaction with its events.
 * Nobody who is there is changed, nobody gets a password, and nobody a role above the importer's.
 */

export interface Importing {
  file: PeopleFile;
  query: ImportQuery;
  by: Administrator;
}

type Needs = PeopleNeeds & { sessions: Sessions };

/** Each has two names to look up; and a batch is one turn of the event loop on SQLite. */
const batchSize = atOnce / 4;
/** Milliseconds between two invitations, which mail servers count: 120 a minute. */
const mailEvery = 500;

/**
 * What the importer is told, step by step; whoever stops reading stops the import after the batch in hand.
 * @throws Refusal 403 where the importer was signed out, suspended or given another role meanwhile.
 */
export async function* importPeople(importing: Importing, needs: Needs): AsyncGenerator<ImportStep> {
  const { file, query, by } = importing;
  const { platform, events } = needs;
  const { store } = platform;
  yield { begun: { encoding: file.encoding, lines: file.lines.length } };
  const checkOnly =
    query.dry_run === true || (query.bad_lines !== 'skip' && (await hasBadLine(importing, needs)));
  const writing = new Writing(importing, needs);
  const ended = { added: 0, good: 0, bad: 0 };
  const groups = new Map<string, string>();
  try {
    for await (const batch of checkedBatches(importing, needs)) {
      if (!checkOnly) {
        // An import lasts: what was true of the importer when it began may be so no longer.
        if (!(await isStill(by, needs))) throw new Refusal('forbidden');
        await writing.write(batch);
      }
      for (const { line, login, person, problems } of batch) {
        const outcome = !person ? 'bad' : checkOnly ? 'good' : 'added';
        ended[outcome]++;
        if (checkOnly) await noteNewGroups(person, groups, needs);
        yield { line, login, outcome, problems };
      }
    }
  } finally {
    if (ended.added > 0) {
      const { actor, asker } = by;
      const details = { import: writing.id, ...ended, encoding: file.encoding };
      await store.transaction((transaction) =>
        events.record(transaction, { type: 'users.imported', actor, asker, details }),
      );
    }
  }
  yield { ended: { ...ended, groups: [...(checkOnly ? groups : writing.added).values()] } };
}

async function hasBadLine(importing: Importing, needs: Needs): Promise<boolean> {
  for await (const batch of checkedBatches(importing, needs)) {
    if (batch.some(({ person }) => !person)) return true;
  }
  return false;
}

/** The lines, judged by themselves, by each other and by who is there, one batch each turn of the event loop. */
async function* checkedBatches(
  { file, by }: Importing,
  { platform: { store } }: Needs,
): AsyncGenerator<Checked[]> {
  const checking = { importer: by, claimed: new Map<string, number>() };
  for (let at = 0; at < file.lines.length; at += batchSize) {
    const batch = file.lines.slice(at, at + batchSize).map((line: FileLine) => checkLine(line, checking));
    const identifiers = batch.flatMap(({ person }) => (person ? identifiersOf(person) : []));
    const taken = new Set(
      (await listTaken.all(store, many(identifiers))).map(({ identifier }) => identifier),
    );
    yield batch.map((checked) =>
      checked.person && identifiersOf(checked.person).some((each) => taken.has(each))
        ? refused(checked, new Refusal('login_taken'))
        : checked,
    );
    await nextTurn();
  }
}

const refused = (checked: Checked, { message }: Refusal): Checked => ({
  ...checked,
  person: undefined,
  problems: [message],
});

async function noteNewGroups(
  person: FilePerson | undefined,
  groups: Map<string, string>,
  { platform: { store } }: Needs,
): Promise<void> {
  for (const name of person?.groups ?? []) {
    const search = searchTextOf(name);
    if (groups.has(search)) continue;
    if (!(await findGroupBySearch.get(store, { search }))) groups.set(search, name);
  }
}

class Writing {
  readonly id: string;
  /** Names of the groups that it added, by what they are found by. */
  readonly added = new Map<string, string>();
  readonly #known = new Map<string, { id: string; name: string }>();
  readonly #importing: Importing;
  readonly #needs: Needs;
  #invited = 0;

  constructor(importing: Importing, needs: Needs) {
    this.id = randomId(needs.platform.random);
    this.#importing = importing;
    this.#needs = needs;
  }

  get #by() {
    const { actor, asker } = this.#importing.by;
    return { actor, asker };
  }

  /** Adds the people of a batch. One whose name was taken since it was checked becomes a bad line; the others stand. */
  async write(batch: Checked[]): Promise<void> {
    const good = batch.filter(({ person }) => person !== undefined);
    for (const { person } of good) for (const name of person!.groups) await this.#groupOf(name);
    try {
      await this.#add(good);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      for (const checked of good) await this.#addAlone(checked);
    }
  }

  async #addAlone(checked: Checked): Promise<void> {
    try {
      await this.#add([checked]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      Object.assign(checked, refused(checked, error));
    }
  }

  async #add(people: Checked[]): Promise<void> {
    const { store } = this.#needs.platform;
    await store.transaction(async (transaction) => {
      for (const { line, person } of people) await this.#addOne(transaction, line, person!);
    });
  }

  async #addOne(transaction: Transaction, line: number, person: FilePerson): Promise<void> {
    const { platform, events } = this.#needs;
    const { suspended, groups, ...after } = person;
    const state = suspended ? ('suspended' as const) : ('invited' as const);
    const id = await writeUser(
      transaction,
      { ...after, state, passwordHash: null, mustChangePassword: false },
      platform,
    );
    const about = { ...this.#by, user: { id, login: person.login } };
    const details = { after: { ...after, state }, import: this.id, line };
    await events.record(transaction, { type: 'user.created', ...about, details });
    for (const name of groups) {
      const group = await this.#groupOf(name);
      const member = { group_id: group.id, user_id: id, now: platform.now() };
      if (!(await joinGroup(transaction, member))) continue;
      const put = { group: group.id, name: group.name };
      await events.record(transaction, { type: 'group.member_added', ...about, details: put });
    }
    if (this.#importing.query.invite !== true || suspended) return;
    const notBefore = platform.now() + mailEvery * this.#invited++;
    await invite(transaction, (await findUser.get(transaction, { id }))!, this.#needs, notBefore);
    await events.record(transaction, { type: 'user.invited', ...about });
  }

  /** The group of this name, which is added where there is none. */
  async #groupOf(name: string): Promise<{ id: string; name: string }> {
    const { store } = this.#needs.platform;
    const search = searchTextOf(name);
    const known = this.#known.get(search) ?? (await findGroupBySearch.get(store, { search }));
    const group = known ?? (await addGroup(name, this.#by, this.#needs));
    if (!known) this.added.set(search, group.name);
    this.#known.set(search, group);
    return group;
  }
}
