import type { Queryable } from '../../platform/store/store.ts';
import { many } from '../../platform/store/many.ts';
import { mark, writeLine, writeNames } from '../files/cells.ts';
import { columns } from './parse.ts';
import { listGroupsOfMany, pageOfGroups, pageOfMembers, pageOfPeople } from './store.ts';

/** Everybody, and every group, as CSV, read a page at a time. What is written of people is what an import reads. */

export async function* exportPeople(on: Queryable): AsyncGenerator<string> {
  yield mark + writeLine(columns);
  for (let last = { at: 0, after: '' }; ;) {
    const page = await pageOfPeople.all(on, last);
    if (page.length === 0) return;
    const memberships = await listGroupsOfMany.all(on, many(page.map(({ id }) => id)));
    const groups = Map.groupBy(memberships, ({ user_id }) => user_id);
    yield page
      .map((person) => {
        const names = (groups.get(person.id) ?? []).map(({ name }) => name);
        const { login, email, name, role, state } = person;
        return writeLine([login, email, name, role, writeNames(names), state]);
      })
      .join('');
    const { created_at: at, id: after } = page.at(-1)!;
    last = { at, after };
  }
}

/** A line for each member of each group, and one for a group that has none. */
export async function* exportGroups(on: Queryable): AsyncGenerator<string> {
  yield mark + writeLine(['group', 'login', 'email', 'name']);
  for (let last = { at: 0, after: '' }; ;) {
    const page = await pageOfGroups.all(on, last);
    if (page.length === 0) return;
    for (const group of page) yield* membersOf(on, group);
    const { created_at: at, id: after } = page.at(-1)!;
    last = { at, after };
  }
}

async function* membersOf(on: Queryable, group: { id: string; name: string }): AsyncGenerator<string> {
  let last = { at: 0, after: '' };
  for (let isFirst = true; ; isFirst = false) {
    const page = await pageOfMembers.all(on, { group_id: group.id, ...last });
    if (page.length === 0) {
      if (isFirst) yield writeLine([group.name, '', '', '']);
      return;
    }
    yield page.map(({ login, email, name }) => writeLine([group.name, login, email, name])).join('');
    const { at, id: after } = page.at(-1)!;
    last = { at, after };
  }
}
