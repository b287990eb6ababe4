import { Type, type Static } from 'typebox';
import { Nullable, OneOf, Time, WebauthnJson } from './common.ts';

/** Moving an account to a new phone: the old one begins it, both approve it. */

/** `POST /authenticator/v1/me/transfer/options` */
export const TransferOptions = Type.Object({ webauthn: WebauthnJson });

/** The most characters of a backup that goes with a transfer; as many bytes, since they are of ASCII. */
export const transferBackupLimit = 48 * 1024;
/** What only the new phone can read: its key is in the QR code, and never sent. Base64url, base64 or JSON, all of them ASCII. */
const Backup = Type.String({ minLength: 1, maxLength: transferBackupLimit, pattern: '^[\\x20-\\x7e]*$' });

/** `POST /authenticator/v1/me/transfer`: `webauthn` is an AuthenticationResponseJSON over the options' challenge. */
export const TransferBody = Type.Object({ webauthn: WebauthnJson, backup: Type.Optional(Backup) });
/** `code` is an activation code for the new phone. */
export const CreatedTransfer = Type.Object({ code: Type.String(), expires_at: Time });
export type CreatedTransfer = Static<typeof CreatedTransfer>;

/** How far a transfer is, for the old phone (`GET /me`): waiting for a phone to take the code, or for both approvals. */
export const Transfer = Type.Object({
  state: OneOf('waiting', 'pending'),
  /** The name of the phone that took the code; only while `pending`. */
  device: Type.Optional(Type.String()),
  expires_at: Time,
});
export type Transfer = Static<typeof Transfer>;
export const TransferOrNone = Nullable(Transfer);

/** `GET /authenticator/v1/me/transfer/backup`, by the new phone */
export const TransferBackup = Type.Object({ backup: Type.String() });
export type TransferBackup = Static<typeof TransferBackup>;
