import { compactDecrypt } from 'jose';
import { isJsonObject, parseStrictJsonBytes } from '@countersign/protocol';
import type { OfflineUsers } from '@countersign/protocol/host';

/** Who has offline codes here: sealed for this host by the server, opened for a moment and kept nowhere. */

export async function openSealed(
  jwe: string,
  key: CryptoKey,
  now: number,
): Promise<OfflineUsers['users'] | { problem: string }> {
  let plaintext: Uint8Array;
  try {
    ({ plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }));
  } catch {
    return { problem: 'the sealed users cannot be opened with the key of this host' };
  }
  const value = parseStrictJsonBytes(plaintext);
  if (!isJsonObject(value) || typeof value.exp !== 'number' || !Array.isArray(value.users))
    return { problem: 'the sealed users are not of the form that this agent knows' };
  if (value.exp <= now / 1000) return { problem: 'the sealed users are too old' };
  const users = value.users.filter(
    (each) =>
      isJsonObject(each) &&
      [each.local_user, each.login, each.secret].every((member) => typeof member === 'string'),
  );
  return users as unknown as OfflineUsers['users'];
}
