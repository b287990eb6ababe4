import { Type, type Static } from 'typebox';
import { Factor } from './authentication.ts';
import { Email, Password } from './common.ts';

/** `POST /api/v1/password-resets` */
export const AskPasswordReset = Type.Object({ email: Email });

const Token = Type.String({ minLength: 1, maxLength: 64 });
/** `POST /api/v1/password-resets/lookup` */
export const PasswordResetLookupBody = Type.Object({ token: Token });
export const PasswordReset = Type.Object({
  login: Type.String(),
  /** What the reset will be confirmed with; empty where there is nothing, or nothing that may be used. */
  factors: Type.Array(Factor),
  /** `min_length`: characters that the new password must have at least. */
  password_policy: Type.Object({ min_length: Type.Integer() }),
});
export type PasswordReset = Static<typeof PasswordReset>;

/** `POST /api/v1/password-resets/begin`; answers with an Authentication of purpose `password_reset`. */
export const BeginPasswordReset = Type.Object({ token: Token, new_password: Password });
