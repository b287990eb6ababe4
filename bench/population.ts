import { pino } from 'pino';
import {
  exportPresenceJwk,
  generatePresenceKey,
  presenceThumbprint,
  signAnswer,
  signProof,
} from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import { insertAuthentication } from '../apps/server/src/authentication/store.ts';
import {
  activateAuthenticator,
  findAuthenticator,
  insertAuthenticator,
} from '../apps/server/src/authenticators/store.ts';
import { createHashing } from '../apps/server/src/password/hashing.ts';
import { hour, minute, second, type Platform } from '../apps/server/src/platform/platform.ts';
import { hashSecret, randomId, randomSecret } from '../apps/server/src/platform/random-text.ts';
import { createSealing } from '../apps/server/src/platform/sealing.ts';
import { openStore } from '../apps/server/src/platform/store/open.ts';
import type { Statement, Store, Transaction } from '../apps/server/src/platform/store/store.ts';
import { askPush } from '../apps/server/src/push/ask.ts';
import { pushRequestView } from '../apps/server/src/push/view.ts';
import { browserAsker, earnFamiliarity } from '../apps/server/src/sessions/familiarity.ts';
import { insertSession } from '../apps/server/src/sessions/store.ts';
import { createUser } from '../apps/server/src/users/users.ts';
import { password } from '../tests/support/people.ts';
import { secret } from './processes.ts';

/** People with phones, and requests that wait on them, written into the store by the server's own functions. */

export interface Member {
  id: string;
  login: string;
  authenticator: string;
  keys: CryptoKeyPair;
  /** The value of the cookie `countersign-browser` of a browser that is familiar. */
  browser: string;
}

/** A sign-in whose push request waits on the phone. */
export interface Waiting {
  member: Member;
  authentication: string;
  request: PushRequest;
}

export interface Population extends AsyncDisposable {
  store: Store;
  /** For the server's own functions. */
  platform: Platform;
  members: Member[];
  /** So many sign-ins that wait, `lifetime` ms long, one after the other over all members. */
  ask(count: number, lifetime?: number): Promise<Waiting[]>;
  /** The cookies of a browser in which that person is signed in by two factors. */
  signedIn(member: Member): Promise<string>;
  /** The same in the Admin Portal, where the person becomes an owner. */
  signedInAsOwner(member: Member): Promise<string>;
  /** Moves what limits count into the past. */
  passAnHour(): Promise<void>;
}

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

export async function populate(env: Record<string, string>, count: number): Promise<Population> {
  const store = await openStore({ dataFolder: env.COUNTERSIGN_DATA!, databaseUrl: env.DATABASE_URL });
  const platform: Platform = {
    store,
    now: Date.now,
    random,
    issuer: env.COUNTERSIGN_URL!,
    sealing: createSealing(() => [secret]),
    log: pino({ level: 'silent' }),
  };
  const passwordHash = await createHashing().hash(password);
  const members: Member[] = [];
  for (let number = 0; number < count; number += 1) {
    const keys = await generatePresenceKey();
    const jwk = await exportPresenceJwk(keys.publicKey);
    const thumbprint = await presenceThumbprint(jwk);
    members.push(
      await store.transaction((transaction) =>
        addMember(transaction, `person${number}`, passwordHash, keys, jwk, thumbprint, platform),
      ),
    );
  }
  const run = (text: string) => store.query({ text, names: [] as readonly string[] } as Statement, {});
  async function openSession({ id, browser }: Member, kind: 'portal' | 'admin'): Promise<string> {
    const token = randomSecret(random);
    await insertSession.run(store, {
      id: randomId(random),
      kind,
      user_id: id,
      token_hash: hashSecret(token),
      browser_hash: hashSecret(browser),
      acr: 'urn:countersign:aal2',
      amr: JSON.stringify(['pwd', 'swk', 'mfa']),
      proof: null,
      now: Date.now(),
      enrollment_required: 0,
      ip: null,
      client: null,
      expires_at: Date.now() + hour,
    });
    const name = kind === 'portal' ? 'countersign-session' : 'countersign-admin';
    return `countersign-browser=${browser}; ${name}=${token}`;
  }
  let next = 0;
  return {
    store,
    platform,
    members,
    async ask(amount, lifetime = 5 * minute) {
      const waiting: Waiting[] = [];
      while (waiting.length < amount) {
        const batch = Math.min(200, amount - waiting.length);
        await store.transaction(async (transaction) => {
          for (let i = 0; i < batch; i += 1) {
            const member = members[next++ % members.length]!;
            waiting.push(await askOne(transaction, member, lifetime, platform));
          }
        });
      }
      return waiting;
    },
    signedIn: (member) => openSession(member, 'portal'),
    async signedInAsOwner(member) {
      await run(`UPDATE users SET role = 'owner' WHERE id = '${member.id}'`);
      return openSession(member, 'admin');
    },
    async passAnHour() {
      await run(
        'UPDATE push_requests SET created_at = created_at - 3600000, expires_at = expires_at - 3600000, ended_at = ended_at - 3600000',
      );
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

async function addMember(
  transaction: Transaction,
  login: string,
  passwordHash: string,
  keys: CryptoKeyPair,
  jwk: object,
  thumbprint: string,
  platform: Platform,
): Promise<Member> {
  const person = { login, email: `${login}@example.com`, name: `Person ${login}`, role: 'user' as const };
  const user = await createUser(
    transaction,
    { ...person, passwordHash, state: 'active', mustChangePassword: false },
    platform,
  );
  const authenticator = randomId(random);
  await insertAuthenticator.run(transaction, {
    id: authenticator,
    user_id: user.id,
    thumbprint,
    presence_jwk: JSON.stringify(jwk),
    device: JSON.stringify({ name: `Phone of ${login}`, platform: 'android', app_version: '1.0.0' }),
    push: 'none',
    push_subscription: null,
    vapid_public_key: null,
    webauthn_credential_id: null,
    webauthn_public_key: null,
    webauthn_counter: 0,
    now: Date.now(),
  });
  await activateAuthenticator.run(transaction, { id: authenticator });
  const browser = randomSecret(random);
  await earnFamiliarity(transaction, user.id, browserAsker(hashSecret(browser)), Date.now());
  return { id: user.id, login, authenticator, keys, browser };
}

async function askOne(
  transaction: Transaction,
  member: Member,
  lifetime: number,
  platform: Platform,
): Promise<Waiting> {
  const id = randomId(random);
  const now = Date.now();
  const asker = { ip: '192.0.2.1', client: 'Firefox on Linux' };
  await insertAuthentication.run(transaction, {
    id,
    purpose: 'portal_login',
    user_id: member.id,
    browser_hash: hashSecret(member.browser),
    session_id: null,
    resource: null,
    interaction_id: null,
    request_hash: null,
    least_acr: null,
    binding_message: null,
    host_login: null,
    state: 'challenge',
    enrollment_code_required: 0,
    amr: JSON.stringify(['pwd']),
    ...asker,
    now,
    expires_at: now + 10 * minute,
  });
  const authenticator = (await findAuthenticator.get(transaction, { id: member.authenticator }))!;
  const row = await askPush(
    transaction,
    {
      purpose: 'portal_login',
      authenticator,
      account: { login: member.login, name: member.login },
      resource: { kind: 'portal', name: 'Countersign User Portal', logo_uri: null },
      context: { ...asker, location: null, host: null, local_user: null, familiar: true },
      confirmation: { kind: 'tap' },
      userVerification: false,
      authenticationId: id,
      expiresAt: now + lifetime,
    },
    platform,
  );
  return { member, authentication: id, request: pushRequestView(row, now) };
}

/** Everything of an approval that the phone does, done beforehand: path, proof and body of the call. */
export async function signedApproval({ member, request }: Waiting, issuer: string) {
  const path = `/authenticator/v1/requests/${request.id}/answer`;
  const now = Date.now();
  const answer = await signAnswer(
    request,
    { decision: 'approve' },
    { issuer, privateKey: member.keys.privateKey, now },
  );
  const body = JSON.stringify({ answer, webauthn: null });
  const bytes = new TextEncoder().encode(body);
  const dpop = await signProof({ method: 'POST', url: issuer + path, body: bytes }, member.keys, now);
  return { path, dpop, body };
}

/** How long proofs hold, so that what is signed beforehand is sent in time. */
export const proofsHold = 45 * second;
