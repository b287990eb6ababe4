import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { second } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import type { LiveSession } from '../sessions/sessions.ts';

/** What a session held when it was read or written last. */
const known = Symbol('known');
type Follower = InstanceType<Provider['Session']> & { [known]?: string; save(ttl: number): Promise<string> };

const heldBy = ({ accountId, acr, amr, loginTs, authorizations, state }: Follower): string =>
  JSON.stringify([accountId, acr, amr, loginTs, authorizations, state]);

/** Which client a session is told to by the present request for the first time. */
const firstTold = new WeakMap<object, string>();
export const isFirstToldTo = (session: object, clientId: string): boolean =>
  firstTold.get(session) === clientId;

/**
 * There is one session, the portal's. The library wants one of its own, which only follows: it is found by the portal's,
 * whatever its cookie says, holds what that one has proven, and ends with it (its row goes with the portal session's).
 */
export function followPortalSession(
  provider: Provider,
  liveSessionOf: (request: IncomingMessage) => LiveSession | undefined,
): void {
  // The types know its constructor without the payload that it takes.
  const Session = provider.Session as typeof provider.Session &
    (new (payload?: object) => InstanceType<typeof provider.Session>);

  Session.get = async (ctx: KoaContextWithOIDC) => {
    const live = liveSessionOf(ctx.req);
    const session = live ? await followerOf(live) : new Session();
    if (ctx.oidc) ctx.oidc.entity('Session', session);
    return session;
  };

  async function followerOf(live: LiveSession) {
    // The portal session's id never changes, and no browser knows it.
    const found: Follower | undefined = await Session.findByUid(live.id);
    if (found) found[known] = heldBy(found);
    const session = found ?? new Session({ uid: live.id, jti: hashSecret(live.id) });
    const loginTs = Math.floor(live.auth_time / second);
    if (session.accountId !== live.user_id || session.loginTs !== loginTs || session.acr !== live.acr) {
      session.loginAccount({
        accountId: live.user_id,
        acr: live.acr,
        amr: JSON.parse(live.amr) as string[],
        loginTs,
      });
    }
    return session;
  }

  // The library writes it at the end of each request; where nothing has changed, that would only move its end.
  const save = Session.prototype.save as Follower['save'];
  Session.prototype.save = async function (this: Follower, ttl: number) {
    const left = (this.exp ?? 0) - Math.floor(Date.now() / second);
    if (left > ttl / 2 && this[known] === heldBy(this)) return this.jti;
    const saved = await save.call(this, ttl);
    this[known] = heldBy(this);
    return saved;
  };

  // Of two tabs that open one application at once, both are told the same.
  Session.prototype.ensureClientContainer = function (clientId: string) {
    if (this.sidFor(clientId)) return;
    this.sidFor(clientId, hashSecret(`sid ${this.uid} ${clientId}`));
    firstTold.set(this, clientId);
  };

  // Against fixation, which cannot be where no cookie is looked at.
  Session.prototype.resetIdentifier = () => {};
}
