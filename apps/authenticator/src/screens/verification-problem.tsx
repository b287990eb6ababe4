import type { ReactNode } from 'react';
import { inWords } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { VerificationError } from '../verification/verification-key.ts';
import { Notice } from './pieces.tsx';

/** What went wrong with the face, finger or passcode, what may be the reason, and where there is more about it. */
export function VerificationProblem({ error, children }: { error: unknown; children?: ReactNode }) {
  const kind = error instanceof VerificationError ? error.kind : undefined;
  return (
    <Notice kind="error">
      <p>
        {inWords(error)} {children}
      </p>
      {(kind === 'gone' || kind === 'none' || kind === 'failed') && (
        <p>
          <a href="#/help/verification">{t.verification.help}</a>
        </p>
      )}
    </Notice>
  );
}
