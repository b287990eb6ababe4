import { call, inWords } from '@countersign/ui/api';
import { ArrivalTitle, StepUpCancelled, useSecondsLeft, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Authenticator, Me, VerificationKeyCode } from '@countersign/protocol/wire';
import { CodeShown } from '../activation/code-shown.tsx';
import { Bold } from '../display/bold.tsx';
import { t } from '../texts/texts.ts';

/** A phone that was enrolled without Face ID, fingerprint or passcode, and the way to add it. */
export function VerificationKey({ me, phone }: { me: Me; phone: Authenticator }) {
  const [code, setCode] = useState<VerificationKeyCode>();
  const [problem, setProblem] = useState<string>();
  const begin = async () => {
    setProblem(undefined);
    try {
      const path = `/api/v1/me/authenticators/${phone.id}/verification-key`;
      setCode(await withStepUp(() => call<VerificationKeyCode>('POST', path)));
    } catch (error) {
      if (!(error instanceof StepUpCancelled)) setProblem(inWords(error));
    }
  };
  const missing = !phone.webauthn_registered && me.user_verification !== 'off';
  if (!missing && !code) return null;
  const add = (
    <Group>
      <Button variant="default" onClick={() => void begin()}>
        {t.verification.add}
      </Button>
    </Group>
  );
  return (
    <>
      {missing &&
        (me.user_verification === 'required' ? (
          <Alert color="yellow" variant="light" title={t.verification.required}>
            <Stack gap="sm">
              <Text fz="sm">{t.verification.requiredText}</Text>
              {add}
            </Stack>
          </Alert>
        ) : (
          <>
            <Text c="dimmed">{t.verification.missing}</Text>
            {add}
          </>
        ))}
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <Modal
        opened={code !== undefined}
        onClose={() => setCode(undefined)}
        title={t.verification.add}
        centered
      >
        {code && (
          <CodeForPhone
            code={code}
            phone={phone}
            onNewCode={() => void begin()}
            onDone={() => setCode(undefined)}
          />
        )}
      </Modal>
    </>
  );
}

function CodeForPhone({
  code,
  phone,
  onNewCode,
  onDone,
}: {
  code: VerificationKeyCode;
  phone: Authenticator;
  onNewCode: () => void;
  onDone: () => void;
}) {
  const left = useSecondsLeft(code.expires_at);
  if (phone.webauthn_registered) {
    return (
      <Stack align="center" ta="center" role="status">
        <ArrivalTitle>{t.verification.added}</ArrivalTitle>
        <Text>
          <Bold text={t.verification.addedText(phone.device.name)} />
        </Text>
        <Button size="md" fullWidth onClick={onDone}>
          {t.app.done}
        </Button>
      </Stack>
    );
  }
  if (left === 0) {
    return (
      <Stack role="alert">
        <ArrivalTitle>{t.activation.expired}</ArrivalTitle>
        <Text ta="center">{t.verification.expiredText}</Text>
        <Button size="md" onClick={onNewCode}>
          {t.activation.newCode}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack align="center">
      <CodeShown
        uri={code.verification_key_uri}
        code={code.code}
        label={t.verification.qr}
        hint={<Bold text={t.verification.hint(phone.device.name)} />}
        left={left}
      />
    </Stack>
  );
}
