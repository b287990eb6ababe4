/**
 * Writes packages/protocol/vectors: `node packages/protocol/tools/make-vectors.ts`. The same bytes each time; a test
 * holds the files to it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { activationCode } from './vectors/activation-code.ts';
import { answer } from './vectors/answer.ts';
import { backup } from './vectors/backup.ts';
import { canonical } from './vectors/canonical-json.ts';
import { otp } from './vectors/otp.ts';
import { otpauth } from './vectors/otpauth.ts';
import { proof } from './vectors/proof.ts';
import { registration } from './vectors/registration.ts';
import { digest } from './vectors/request-digest.ts';
import { thumbprint } from './vectors/thumbprint.ts';

export const folder = join(import.meta.dirname, '..', 'vectors');

/** What each file holds. */
export const files = {
  'proof.json': proof,
  'registration.json': registration,
  'request-digest.json': digest,
  'answer.json': answer,
  'activation-code.json': activationCode,
  'canonical-json.json': canonical,
  'thumbprint.json': thumbprint,
  'otp.json': otp,
  'otpauth.json': otpauth,
  'backup.json': backup,
};

if (import.meta.main) {
  const prettier = await import('prettier');
  for (const [name, content] of Object.entries(files)) {
    const text = await prettier.format(JSON.stringify(content), { parser: 'json', printWidth: 110 });
    writeFileSync(join(folder, name), text);
  }
}
