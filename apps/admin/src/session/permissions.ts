import type { Role } from '@countersign/protocol/wire';

/**
 * What a role may do, to show no button that the server would refuse. The server decides; where the two differ, its
 * refusal is shown.
 */
export type Permission = 'help' | 'write_users' | 'write_settings' | 'read_outbox';

const permissions: Record<Role, readonly Permission[]> = {
  owner: ['help', 'write_users', 'write_settings', 'read_outbox'],
  admin: ['help', 'write_users', 'write_settings'],
  help_desk: ['help'],
  read_only: [],
  user: [],
};

const ranks: Record<Role, number> = { owner: 4, admin: 3, help_desk: 2, read_only: 1, user: 0 };

interface Person {
  id: string;
  role: Role;
}

export const may = (actor: Pick<Person, 'role'>, permission: Permission): boolean =>
  permissions[actor.role].includes(permission);

/** Nobody changes those above them; the help desk not even its like. */
export function mayTouch(actor: Person, target: Person): boolean {
  if (ranks[actor.role] !== ranks[target.role]) return ranks[actor.role] > ranks[target.role];
  return actor.role === 'owner' || actor.role === 'admin' || actor.id === target.id;
}

export const mayGrant = (actor: Pick<Person, 'role'>, role: Role): boolean =>
  ranks[role] <= ranks[actor.role];
