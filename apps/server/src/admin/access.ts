import type { Role } from '@countersign/protocol/wire';
import type { Reply, Request } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { demandSession, type Reach } from '../sessions/access.ts';
import { isAdministrator, type LiveSession, type Sessions } from '../sessions/sessions.ts';

/** Who may do what in the Admin Portal. */

/** What a call needs. A role may do what its list holds. */
export type Permission = 'read' | 'help' | 'write_users' | 'write_settings' | 'read_outbox';

const permissions: Record<Role, readonly Permission[]> = {
  owner: ['read', 'help', 'write_users', 'write_settings', 'read_outbox'],
  admin: ['read', 'help', 'write_users', 'write_settings'],
  help_desk: ['read', 'help'],
  read_only: ['read'],
  user: [],
};

/** Higher touches lower and its like; nobody touches those above them. */
const ranks: Record<Role, number> = { owner: 4, admin: 3, help_desk: 2, read_only: 1, user: 0 };

/** @throws Refusal 401 `no_session` without a session of an `admin_login`, 403 `forbidden`. */
export async function demandAdmin(
  sessions: Sessions,
  request: Request,
  reply: Reply,
  permission: Permission,
  reach: Pick<Reach, 'stream'> = {},
): Promise<LiveSession> {
  const session = await demandSession(sessions, request, reply, reach, ['admin']);
  // The role of today counts, not that of the sign-in.
  if (!isAdministrator(session.role) || !permissions[session.role].includes(permission)) {
    throw new Refusal('forbidden');
  }
  return session;
}

/** Whether a person of this role may be changed by `actor`: owners by owners only, no help desk above itself. */
export function demandRankOver(actor: LiveSession, target: { id: string; role: Role }): void {
  const mayTouchPeers = actor.role === 'owner' || actor.role === 'admin' || actor.user_id === target.id;
  const higher =
    ranks[actor.role] > ranks[target.role] || (mayTouchPeers && ranks[actor.role] === ranks[target.role]);
  if (!higher)
    throw new Refusal('forbidden', { detail: 'This person has a role above yours, or equal to it.' });
}

/** Nobody gives a role above their own. */
export function demandMayGrant(actor: LiveSession, role: Role): void {
  if (ranks[role] > ranks[actor.role])
    throw new Refusal('forbidden', { detail: 'This role is above yours.' });
}
