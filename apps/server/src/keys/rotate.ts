import { setTimeout as sleep } from 'node:timers/promises';
import { keepVapidKey } from '../authenticators/store.ts';
import { createEvents, operator } from '../events/events.ts';
import type { Environment } from '../platform/environment.ts';
import { makeVerdictKey, readHostKeys, rotateHostKeys } from '../hosts/keys.ts';
import { makeKeyPairs, readOidcKeys, rotateOidcKeys } from '../oidc/keys.ts';
import { createVapid, rotateVapid } from '../platform/keys/keys.ts';
import { resealAll, type Resealed } from '../platform/keys/reseal.ts';
import { PlainError } from '../platform/plain-error.ts';
import { createSealing } from '../platform/sealing.ts';
import { newSecret, secretsOfFile, writeSecrets } from '../platform/secrets.ts';
import { makeKey, readSamlKeys, rotateSamlKeys } from '../saml/keys.ts';
import { openAndMigrate } from '../platform/store/open.ts';
import type { Transaction } from '../platform/store/store.ts';

/**
 * Within this time (ms) a server has written what it sealed before it saw that the secret changed: a write waits for
 * others at most 5 seconds.
 */
const settled = 6_000;
const mostRounds = 5;

/**
 * Seals everything anew under the secret of today. Where the product made the secret itself (the file in the data
 * folder), it makes a new one first, which servers at work take over by themselves, and drops the old one last.
 * Interrupted, it is run again and goes on. Rejects with a PlainError where something does not open.
 */
export async function rotateSealing(environment: Environment): Promise<string> {
  const { secrets, ownSecretFile } = environment;
  const store = await openAndMigrate(environment);
  try {
    const sealing = createSealing(secrets);
    if (!ownSecretFile) {
      const { count } = demandAll(await resealAll({ store, sealing }));
      await store.transaction((transaction) => record(transaction, { key: 'sealing', texts: count }));
      return `${count} texts were sealed anew. COUNTERSIGN_SECRET_PREVIOUS is needed no longer, once no server has the old secret as its COUNTERSIGN_SECRET.`;
    }
    const inFile = secretsOfFile(ownSecretFile);
    // Two: a run before this one was interrupted.
    if (inFile().length === 1) writeSecrets(ownSecretFile, [newSecret(), ...inFile()]);
    let all = 0;
    for (let round = 1; ; round += 1) {
      const { count } = demandAll(await resealAll({ store, sealing }));
      all += count;
      if (round > 1 && count === 0) break;
      if (round === mostRounds)
        throw new PlainError(
          'A server goes on sealing under the old secret: restart it, and run this again.',
        );
      await sleep(settled);
    }
    await store.transaction((transaction) => record(transaction, { key: 'sealing', texts: all }));
    writeSecrets(ownSecretFile, inFile().slice(0, 1));
    return `${all} texts were sealed anew under a new secret in ${ownSecretFile}. Keep a copy of it apart from the backups.`;
  } finally {
    await store.close();
  }
}

function demandAll(resealed: Resealed): Resealed {
  const { unopened, count } = resealed;
  if (unopened.length === 0) return resealed;
  throw new PlainError(
    `${unopened.length} sealed texts were sealed under a secret that is not here (${unopened[0]}); ${count} others were sealed anew. Give the secrets of before in COUNTERSIGN_SECRET_PREVIOUS, and run this again.`,
  );
}

async function record(transaction: Transaction, details: Record<string, unknown>): Promise<void> {
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  await createEvents({ now: Date.now, random }).record(transaction, {
    type: 'keys.rotated',
    actor: operator,
    details,
  });
}

/** A new key pair for new subscriptions; each that there is keeps the one that it was made for, until its app is opened. */
export async function rotateVapidKey(environment: Environment): Promise<string> {
  const store = await openAndMigrate(environment);
  try {
    const needs = { store, sealing: createSealing(environment.secrets), now: Date.now };
    await createVapid(needs);
    await store.transaction(async (transaction) => {
      const { before, after } = await rotateVapid(transaction, needs);
      await keepVapidKey.run(transaction, { vapid_public_key: before });
      await record(transaction, { key: 'vapid', before, after });
    });
    return 'There is a new VAPID key. Phones take it over as their apps are opened; until then the old key reaches them.';
  } finally {
    await store.close();
  }
}

/** The next key for SAML is used from now on; service providers know it from the metadata, if they read them since the last change. */
export async function rotateSamlKey(environment: Environment): Promise<string> {
  const store = await openAndMigrate(environment);
  try {
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
    const { issuer, secrets } = environment;
    const needs = { store, sealing: createSealing(secrets), now: Date.now, random, issuer };
    await readSamlKeys(needs);
    const fresh = await makeKey(needs);
    await store.transaction(async (transaction) => {
      if (!(await rotateSamlKeys(transaction, fresh, needs)))
        throw new PlainError('Another process changed the SAML key just now.');
      await record(transaction, { key: 'saml' });
    });
    return 'SAML messages are signed with the next key from now on, and there is a new next one in the metadata: have the applications read them before the next change.';
  } finally {
    await store.close();
  }
}

/** The next keys for OpenID Connect are used from now on; applications know them from the JWKS since the last change. */
export async function rotateOidcKey(environment: Environment, now: () => number = Date.now): Promise<string> {
  const store = await openAndMigrate(environment);
  try {
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
    const needs = { store, sealing: createSealing(environment.secrets), now, random };
    await readOidcKeys(needs);
    const fresh = await makeKeyPairs(needs);
    await store.transaction(async (transaction) => {
      const outcome = await rotateOidcKeys(transaction, fresh, needs);
      if (outcome === 'early')
        throw new PlainError(
          'The OpenID Connect keys changed less than an hour ago, and what the ones before have signed is still good: run this again later.',
        );
      if (outcome === 'beaten')
        throw new PlainError('Another process changed the OpenID Connect keys just now.');
      await record(transaction, { key: 'oidc' });
    });
    return 'ID tokens are signed with the next keys from now on, and there are new next ones in the JWKS. The ones before stay there for an hour.';
  } finally {
    await store.close();
  }
}

/** The next verdict key is used from now on; hosts know it from their configuration, or are answered with one that they know. */
export async function rotateVerdictKey(
  environment: Environment,
  now: () => number = Date.now,
): Promise<string> {
  const store = await openAndMigrate(environment);
  try {
    const needs = { store, sealing: createSealing(environment.secrets), now };
    await readHostKeys(needs);
    const fresh = await makeVerdictKey();
    await store.transaction(async (transaction) => {
      const outcome = await rotateHostKeys(transaction, fresh, needs);
      if (outcome === 'early')
        throw new PlainError(
          'The key of the hosts changed less than an hour ago, and some may not know the next one yet: run this again later.',
        );
      if (outcome === 'beaten')
        throw new PlainError('Another process changed the key of the hosts just now.');
      await record(transaction, { key: 'hosts' });
    });
    return 'Verdicts are signed with the next key from now on, and there is a new next one in the configuration of the hosts.';
  } finally {
    await store.close();
  }
}
