import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  type KeyObject,
  createSecretKey,
} from 'node:crypto';

/** Sealing of secrets at rest: AES-256-GCM under a key outside the database, bound to the row that holds the text. */
export interface Sealing {
  /** `place` names table, row and column; a sealed text copied elsewhere does not open. */
  seal(plain: string, place: string): string;
  /** @throws Error where the text was sealed under another key or for another place, or was changed. */
  open(sealed: string, place: string): string;
}

const algorithm = 'aes-256-gcm';

/** The text is `v1.<key id>.<base64url of iv, tag, ciphertext>`; the key id lets keys be rotated. */
export function createSealing(secret: string): Sealing {
  const key = deriveKey(secret, 'countersign sealing v1');
  const keyId = Buffer.from(hkdfSync('sha256', secret, '', 'countersign sealing key id', 6)).toString(
    'base64url',
  );
  return {
    seal(plain, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${keyId}.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, id, body] = sealed.split('.');
      if (version !== 'v1' || !body) throw new Error(`${place} holds no sealed text`);
      if (id !== keyId) throw new Error(`${place} was sealed under another COUNTERSIGN_SECRET`);
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

const deriveKey = (secret: string, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
