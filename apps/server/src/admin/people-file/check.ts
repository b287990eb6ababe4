import { Email, GroupName, Login, PersonName, Role, UserState } from '@countersign/protocol/wire';
import { Value } from 'typebox/value';
import { identifiersOf } from '../../users/users.ts';
import { scopesOf } from '../../api-tokens/tokens.ts';
import { mayGrant, type Administrator } from '../access.ts';
import { readNames } from '../files/cells.ts';
import type { FileLine } from './parse.ts';

/** One line of a file as a person, or what is wrong with it, in words for the administrator. */

export interface FilePerson {
  login: string;
  email: string;
  name: string;
  role: Role;
  groups: string[];
  suspended: boolean;
}

export interface Checked {
  line: number;
  login: string;
  /** Undefined where there are problems. */
  person: FilePerson | undefined;
  problems: string[];
}

/** Whose file it is, and which names its earlier lines have taken. */
export interface Checking {
  importer: Pick<Administrator, 'role' | 'token'>;
  /** By identifier, the line that has it. */
  claimed: Map<string, number>;
}

// PostgreSQL holds no NUL, and a login name is one line.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/;

/** Whatever does not need the store. A good line takes its names, so that a later one with them is bad. */
export function checkLine({ line, cells }: FileLine, { importer, claimed }: Checking): Checked {
  if (!cells)
    return { line, login: '', person: undefined, problems: ['It has not as many cells as the first line.'] };
  const { login = '', email = '', name = '', groups = '' } = cells;
  const role = cells.role?.toLowerCase() || 'user';
  const state = cells.state?.toLowerCase() || 'invited';
  const names = readNames(groups);
  const problems = [
    ...(Value.Check(Login, login) && !control.test(login) ? [] : ['The login name is missing or is none.']),
    ...(Value.Check(Email, email) && !control.test(email)
      ? []
      : ['The e-mail address is missing or is none.']),
    ...(Value.Check(PersonName, name) ? [] : ['The name is missing, or is no name of one line.']),
    ...roleProblems(role, importer),
    ...(Value.Check(UserState, state) ? [] : ['The state is none of active, invited and suspended.']),
    ...(names.every((each) => Value.Check(GroupName, each))
      ? []
      : ['A group has a name that no group can have.']),
    ...(names.length === 0 || mayFillGroups(importer)
      ? []
      : ['This API token puts nobody into a group: that takes the scope groups:write.']),
  ];
  if (problems.length === 0) {
    const identifiers = identifiersOf({ login, email });
    const earlier = identifiers.map((each) => claimed.get(each)).find((each) => each !== undefined);
    if (earlier === undefined) identifiers.forEach((each) => claimed.set(each, line));
    else problems.push(`Line ${earlier} has this login name or e-mail address already.`);
  }
  const person = {
    login,
    email,
    name,
    role: role as Role,
    groups: names,
    suspended: state === 'suspended',
  };
  return { line, login: login.slice(0, 254), person: problems.length === 0 ? person : undefined, problems };
}

/** A token does by a file no more than it may one by one. */
const mayFillGroups = ({ token }: Checking['importer']): boolean =>
  token === undefined || scopesOf(token).includes('groups:write');

function roleProblems(role: string, importer: Pick<Administrator, 'role' | 'token'>): string[] {
  if (!Value.Check(Role, role)) return [`The role is none of ${Role.enum.join(', ')}.`];
  return mayGrant(importer, role) ? [] : ['The role is above yours.'];
}
