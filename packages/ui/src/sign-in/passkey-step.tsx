import { Alert, Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { call, inWords } from '../api.ts';
import { assertPasskey } from '../passkey.ts';
import { t } from '../texts.ts';
import { ArrivalTitle } from './arrival-title.tsx';
import type { Following } from './use-authentication.ts';

const base = '/api/v1/authentications';

interface Options {
  webauthn: object;
}

/** A passkey after the password, or to step up. Browsers want a gesture for it, so it has its button. */
export function PasskeyStep({ following }: { following: Following }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `${base}/${following.authentication.id}/passkey`;
      const { webauthn } = await call<Options>('POST', `${path}/options`);
      const assertion = await assertPasskey(webauthn);
      following.take(await call<Authentication>('POST', path, { webauthn: assertion }));
    } catch (error) {
      setProblem(inWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <ArrivalTitle>{t.passkey.title}</ArrivalTitle>
      <Text ta="center">{t.passkey.text}</Text>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <Button size="md" loading={busy} onClick={() => void confirm()}>
        {t.passkey.use}
      </Button>
    </Stack>
  );
}

/** Signing in by a passkey alone: the browser knows who it is. @throws PasskeyError, ProblemError, NetworkError */
export async function beginWithPasskey(purpose: 'portal_login' | 'admin_login'): Promise<Authentication> {
  const { webauthn } = await call<Options>('POST', `${base}/passkey-options`);
  const passkey = await assertPasskey(webauthn);
  return call<Authentication>('POST', base, { purpose, passkey });
}
