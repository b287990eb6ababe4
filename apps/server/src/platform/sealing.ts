import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  type KeyObject,
  createSecretKey,
} from 'node:crypto';
import type { Place } from './sealed-columns.ts';
import type { Secrets } from './secrets.ts';

/** Sealing of secrets at rest: AES-256-GCM under a key outside the database, bound to the row that holds the text. */
export interface Sealing {
  /** Under the secret of today. `place` names table, row and column; a sealed text copied elsewhere does not open. */
  seal(plain: string, place: Place): string;
  /**
   * Under whichever of the secrets it was sealed.
   * @throws Error where the text was sealed under another key or for another place, or was changed.
   */
  open(sealed: string, place: Place): string;
  /** What every text begins with that is sealed under the secret of today. */
  prefix(): string;
}

const algorithm = 'aes-256-gcm';

interface Key {
  key: KeyObject;
  id: string;
}

/** The text is `v1.<key id>.<base64url of iv, tag, ciphertext>`; the key id lets keys be rotated. */
export function createSealing(secrets: Secrets): Sealing {
  const derived = new Map<string, Key>();
  const keys = (): Key[] =>
    secrets().map((secret) => {
      const key = derived.get(secret) ?? keyOf(secret);
      derived.set(secret, key);
      return key;
    });
  return {
    seal(plain, place) {
      const { key, id } = keys()[0]!;
      const iv = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${id}.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, id, body] = sealed.split('.');
      if (version !== 'v1' || !body) throw new Error(`${place} holds no sealed text`);
      const found = keys().find((key) => key.id === id);
      if (!found) throw new Error(`${place} was sealed under another COUNTERSIGN_SECRET`);
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv(algorithm, found.key, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
    prefix: () => `v1.${keys()[0]!.id}.`,
  };
}

const keyOf = (secret: string): Key => ({
  key: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'countersign sealing v1', 32))),
  id: Buffer.from(hkdfSync('sha256', secret, '', 'countersign sealing key id', 6)).toString('base64url'),
});
