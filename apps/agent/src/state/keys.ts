import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { readPresenceJwk, type PresenceJwk } from '@countersign/protocol';
import { Damaged, readOwnFile, replaceFile } from './files.ts';

/** The two keys of a host (docs/hosts.md, "Keys"), each in a file: PKCS#8, PEM. */

export interface HostKeys {
  /** Proves every call. */
  host: CryptoKeyPair;
  hostJwk: PresenceJwk;
  /** Opens what is sealed for this host. */
  sealing: CryptoKey;
  sealingJwk: PresenceJwk;
}

export const keyFiles = ['host-key.pem', 'sealing-key.pem'] as const;

export async function makeKeys(folder: string): Promise<HostKeys> {
  for (const name of keyFiles) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await replaceFile(join(folder, name), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return readKeys(folder);
}

/** @throws Damaged */
export async function readKeys(folder: string): Promise<HostKeys> {
  const [host, sealing] = await Promise.all(keyFiles.map((name) => readKey(join(folder, name))));
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
  const { subtle } = crypto;
  return {
    host: {
      privateKey: await subtle.importKey('pkcs8', host!.pkcs8, ecdsa, true, ['sign']),
      publicKey: await subtle.importKey('jwk', { ...host!.jwk }, ecdsa, true, ['verify']),
    },
    hostJwk: host!.jwk,
    sealing: await subtle.importKey('pkcs8', sealing!.pkcs8, { ...ecdsa, name: 'ECDH' }, false, [
      'deriveBits',
    ]),
    sealingJwk: sealing!.jwk,
  };
}

async function readKey(path: string): Promise<{ pkcs8: Uint8Array<ArrayBuffer>; jwk: PresenceJwk }> {
  const pem = await readOwnFile(path);
  if (pem === undefined) throw new Damaged(path, 'is missing');
  try {
    const key = createPrivateKey(pem);
    const jwk = readPresenceJwk(createPublicKey(key).export({ format: 'jwk' }));
    if (!jwk) throw new Error('another curve');
    return { pkcs8: new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), jwk };
  } catch {
    throw new Damaged(path, 'is damaged: it holds no P-256 key');
  }
}
