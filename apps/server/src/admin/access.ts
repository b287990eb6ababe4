import type { ApiScope, Role } from '@countersign/protocol/wire';
import { findApiToken, type ApiTokenRow } from '../api-tokens/store.ts';
import { insufficientScope, makerOf, scopesOf, useApiToken } from '../api-tokens/tokens.ts';
import type { Actor } from '../events/events.ts';
import type { App, Reply, Request } from '../platform/http/app.ts';
import { askerOf, type Asker } from '../platform/http/asker.ts';
import { bearerOf } from '../platform/http/bearer.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { demandSession } from '../sessions/access.ts';
import { isAdministrator, type LiveSession, type Sessions } from '../sessions/sessions.ts';
import { findUser } from '../users/store.ts';

/** Who may do what in the Admin Portal, and with an API token. */

/** What a call needs. A role may do what its list holds. */
export type Permission = 'read' | 'help' | 'write_users' | 'write_settings' | 'read_outbox';

const permissions: Record<Role, readonly Permission[]> = {
  owner: ['read', 'help', 'write_users', 'write_settings', 'read_outbox'],
  admin: ['read', 'help', 'write_users', 'write_settings'],
  help_desk: ['read', 'help'],
  read_only: ['read'],
  user: [],
};

export const may = (role: Role, permission: Permission): boolean => permissions[role].includes(permission);

/** Higher touches lower and its like; nobody touches those above them. */
const ranks: Record<Role, number> = { owner: 4, admin: 3, help_desk: 2, read_only: 1, user: 0 };

/** Who calls: somebody signed in to the Admin Portal, or a program with the API token that somebody made. */
export interface Administrator {
  actor: Actor;
  asker: Asker;
  /** Of today, not that of the sign-in or of the day when the token was made. The command line is an owner. */
  role: Role;
  session?: LiveSession;
  token?: ApiTokenRow;
}

type Collection = ApiScope extends `${infer Name}:${string}` ? Name : never;

/** By what follows `/api/v1/admin/` in an address: which scopes are for it. `null`: no token reaches it. */
const collections: Record<string, Collection | null> = {
  session: null,
  // What a role may read of it is a matter of people: programs ask for the lists.
  home: null,
  users: 'users',
  enrollment: 'users',
  groups: 'groups',
  applications: 'applications',
  'application-attempts': 'applications',
  'saml-metadata': 'applications',
  policies: 'policies',
  hosts: 'hosts',
  'host-groups': 'hosts',
  authenticators: 'authenticators',
  diagnostics: 'authenticators',
  events: 'events',
  'fraud-reports': 'events',
  settings: 'settings',
  tokens: 'tokens',
  outbox: 'outbox',
  // It is told of everything, and stays when whoever made it is gone.
  webhooks: null,
};

const base = '/api/v1/admin/';

/** The scope that a call needs; `null` where only a session will do. @throws Error for an address of no collection. */
function scopeOf(method: string, url: string): ApiScope | null {
  const first = url.slice(base.length).split('/')[0]!;
  const collection = collections[first];
  if (collection === undefined) throw new Error(`${url} belongs to no scope: see admin/access.ts`);
  return collection && `${collection}:${method === 'GET' || method === 'HEAD' ? 'read' : 'write'}`;
}

const callers = new WeakMap<Request, Administrator>();

/**
 * Finds out who calls before anything of the call is read, for the routes that are added to `app` after this. What they
 * were sent is checked against their schemas as ever; {@link demandAdmin} says so, once it is known that they may.
 */
export function guardAdminCalls(
  app: App,
  { platform, sessions }: { platform: Platform; sessions: Sessions },
): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith(base)) return;
    const scope = scopeOf([route.method].flat()[0]!, route.url);
    route.attachValidation = true;
    const security: Record<string, string[]>[] = [{ admin_session: [] }];
    if (scope) security.push({ api_token: [scope] });
    route.schema = { ...route.schema, security };
  });
  app.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions;
    if (!url?.startsWith(base)) return;
    const token = bearerOf(request);
    try {
      const administrator =
        token === undefined
          ? await bySession(sessions, request, reply)
          : await byToken(token, scopeOf(request.method, url), askerOf(request), platform);
      callers.set(request, administrator);
    } catch (error) {
      if (error instanceof Refusal) challenge(reply, error, scopeOf(request.method, url));
      throw error;
    }
  });
}

/** RFC 6750 section 3: which credentials would do, and what is wrong with those that came. */
function challenge(reply: Reply, { code, status }: Refusal, scope: ApiScope | null): void {
  const wrong = code === 'invalid_token' || code === 'insufficient_scope';
  if (status !== 401 && !wrong) return;
  const parts = [
    'realm="countersign"',
    ...(wrong ? [`error="${code}"`] : []),
    ...(code === 'insufficient_scope' ? [`scope="${scope}"`] : []),
  ];
  void reply.header('www-authenticate', `Bearer ${parts.join(', ')}`);
}

/** A stream can carry no cookie. */
const isStream = ({ routeOptions }: Request): boolean =>
  (routeOptions.schema as { produces?: string[] } | undefined)?.produces?.includes('text/event-stream') ??
  false;

/** @throws Refusal 401 `no_session` without a session of an `admin_login`. */
async function bySession(sessions: Sessions, request: Request, reply: Reply): Promise<Administrator> {
  const session = await demandSession(sessions, request, reply, { stream: isStream(request) }, ['admin']);
  const actor = { id: session.user_id, login: session.login };
  return { actor, asker: askerOf(request), role: session.role, session };
}

/** @throws Refusal 401 `invalid_token`, 403 `insufficient_scope`, 401 `no_session` where no token will do; 429. */
async function byToken(
  text: string,
  scope: ApiScope | null,
  asker: Asker,
  platform: Platform,
): Promise<Administrator> {
  const token = await useApiToken(text, asker, platform);
  if (scope === null) throw new Refusal('no_session');
  if (!scopesOf(token).includes(scope)) throw insufficientScope(scope);
  const actor = { ...makerOf(token), token: { id: token.id, name: token.name } };
  return { actor, asker, role: token.role ?? 'owner', token };
}

/**
 * First in every handler: it has not been checked before it whether they may, nor whether what they sent is well-formed.
 * @throws Refusal 403 `forbidden`, 400 `malformed`.
 */
export function demandAdmin(request: Request, permission: Permission): Administrator {
  const administrator = callers.get(request)!;
  const { role } = administrator;
  if (!isAdministrator(role) || !may(role, permission)) throw new Refusal('forbidden');
  if (request.validationError) throw request.validationError;
  return administrator;
}

/** Whether what was true of them when something began still is, which lasts: the session or the token, and the role. */
export async function isStill(
  { actor, role, session, token }: Administrator,
  { platform: { store, now }, sessions }: { platform: Pick<Platform, 'store' | 'now'>; sessions: Sessions },
): Promise<boolean> {
  if (session && !(await sessions.isLive(store, session.id))) return false;
  if (!token) return (await findUser.get(store, { id: actor.id }))?.role === role;
  const kept = await findApiToken.get(store, { id: token.id });
  if (kept === undefined || (kept.expires_at !== null && kept.expires_at <= now())) return false;
  return (kept.role ?? 'owner') === role;
}

/** Whether a token reaches that far; of somebody signed in, their role says what they may. */
export const hasScope = ({ token }: Pick<Administrator, 'token'>, scope: ApiScope): boolean =>
  token === undefined || scopesOf(token).includes(scope);

/** Of a call that needs it beside the one of its address. @throws Refusal 403 `insufficient_scope`. */
export function demandScope(administrator: Pick<Administrator, 'token'>, scope: ApiScope): void {
  if (!hasScope(administrator, scope)) throw insufficientScope(scope);
}

type Whom = { id: string; role: Role };

/**
 * Whether a person of this role may be changed by `actor`: owners by owners only, no help desk above itself. A token has no
 * say over those who administer: with `users:write` alone it would make itself an owner, and any scope be all scopes.
 */
export function demandRankOver({ actor, role, token }: Administrator, target: Whom): void {
  if (token) return demandNoAdministrator(target.role);
  const mayTouchPeers = role === 'owner' || role === 'admin' || actor.id === target.id;
  const higher = ranks[role] > ranks[target.role] || (mayTouchPeers && ranks[role] === ranks[target.role]);
  if (!higher)
    throw new Refusal('forbidden', { detail: 'This person has a role above yours, or equal to it.' });
}

/** Nobody gives a role above their own. */
export const mayGrant = ({ role: own, token }: Pick<Administrator, 'role' | 'token'>, role: Role): boolean =>
  ranks[role] <= ranks[own] && !(token && isAdministrator(role));

/** @throws Refusal 403 `forbidden` where the role is above the actor's own. */
export function demandMayGrant(actor: Pick<Administrator, 'role' | 'token'>, role: Role): void {
  if (actor.token) demandNoAdministrator(role);
  if (!mayGrant(actor, role)) throw new Refusal('forbidden', { detail: 'This role is above yours.' });
}

function demandNoAdministrator(role: Role): void {
  if (isAdministrator(role))
    throw new Refusal('forbidden', { detail: 'An API token has no say over administrators.' });
}
