import { encodeBase32, type OtpAccount } from '@countersign/protocol/otp';
import type { CreatedTransfer } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { revealCodes, type Code } from '../codes/store.ts';
import { call } from '../server/client.ts';
import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { verifyUser } from '../verification/verification-key.ts';

/** The old phone begins to hand an account on, by its verification key, and its codes where the person wants that. */

export interface Outgoing {
  code: string;
  /** Opens the codes that come along. It is shown in the QR code, and never sent. */
  key: string | undefined;
  expiresAt: string;
  /** Codes that cannot be read any more, and so stay behind. */
  unreadable: number;
}

/** In characters, as the protocol has it. */
const longestBackup = 48 * 1024;
const keyLength = 26;

/** 26 characters of base32: 130 bits of chance. */
const newTransferKey = (): string =>
  encodeBase32(crypto.getRandomValues(new Uint8Array(17))).slice(0, keyLength);

/**
 * From a tap. `codes` are those that come along.
 * @throws VerificationError, ProblemError, OfflineError, LockedError, SaidError where the codes are too many
 */
export async function beginTransfer(account: Account, codes: readonly Code[]): Promise<Outgoing> {
  const { accounts, unreadable } = codes.length > 0 ? await revealCodes(codes) : nothing;
  const key = accounts.length > 0 ? newTransferKey() : undefined;
  const backup = key === undefined ? undefined : await seal(accounts, key);
  const { webauthn: options } = await call<{ webauthn: object }>(account, 'POST', '/me/transfer/options');
  const webauthn = await verifyUser(options);
  const { code, expires_at } = await call<CreatedTransfer>(account, 'POST', '/me/transfer', {
    webauthn,
    ...(backup === undefined ? {} : { backup }),
  });
  return { code, key, expiresAt: expires_at, unreadable: unreadable.length };
}

const nothing = { accounts: [], unreadable: [] };

async function seal(accounts: readonly OtpAccount[], key: string): Promise<string> {
  const { sealBackup } = await import('@countersign/protocol/backup');
  const sealed = await sealBackup(accounts, key, {
    now: Date.now(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  // As a file it ends with a line feed; as a member of a call it is one line of ASCII.
  const backup = sealed.trimEnd();
  if (backup.length > longestBackup) throw new SaidError(t.move.tooMany);
  return backup;
}

/** What the new phone scans. What follows `#` is never sent to a server. */
export const transferUri = (issuer: string, { code, key }: Pick<Outgoing, 'code' | 'key'>): string =>
  `${issuer}/authenticator/#/activate?code=${code}${key === undefined ? '' : `&key=${key}`}`;
