import { proofLifetime, verifyProof } from '@countersign/protocol';
import type { Request } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, second, type Platform } from '../platform/platform.ts';
import { findByThumbprint, rememberProof, touchAuthenticator } from './store.ts';

/** The authenticator that made a call, as its proof shows. */
export type ProvenAuthenticator = NonNullable<Awaited<ReturnType<typeof findByThumbprint.get>>>;

const touchInterval = minute;

/**
 * Finds the authenticator of a call by its proof (docs/protocol.md, "Proof").
 * @throws Refusal 401 `invalid_proof`; 403 `authenticator_pending` unless `pendingToo`.
 */
export async function demandProof(
  request: Request,
  platform: Platform,
  { pendingToo = false } = {},
): Promise<ProvenAuthenticator> {
  const { store, now } = platform;
  const authenticator = await demandHolder(request, platform, (thumbprint) =>
    findByThumbprint.get(store, { thumbprint }),
  );
  if (now() - authenticator.last_seen_at > touchInterval) {
    await touchAuthenticator.run(store, { id: authenticator.id, now: now() });
  }
  if (authenticator.state === 'pending' && !pendingToo) throw new Refusal('authenticator_pending');
  return authenticator;
}

/** Whoever `find` says holds the key that a call is proven by; each proof is taken once. @throws Refusal 401 `invalid_proof` */
export async function demandHolder<Holder>(
  request: Request,
  { store, now, issuer, log }: Platform,
  find: (thumbprint: string) => Promise<Holder | undefined>,
): Promise<Holder> {
  const header = request.headers.dpop;
  const refuse = (reason: string) => {
    log.debug({ reason, request_id: request.id }, 'proof refused');
    return new Refusal('invalid_proof', { detail: `The proof of possession does not hold: ${reason}.` });
  };
  if (typeof header !== 'string') throw refuse('the header DPoP is missing');
  const path = request.url.split('?')[0]!;
  const call = { method: request.method, url: issuer + path, body: request.rawBody };
  const verification = await verifyProof(header, call, now());
  if (!verification.valid) throw refuse(verification.reason);

  const { thumbprint, jti } = verification;
  const holder = await find(thumbprint);
  if (!holder) throw refuse('the key is unknown or was revoked');
  const expires_at = now() + proofLifetime * second;
  // Remembered in the shared store before anything is done: a proof sent twice, to two processes, is taken once.
  if (!(await rememberProof.get(store, { thumbprint, jti, expires_at }))) throw refuse('it was used before');
  return holder;
}
