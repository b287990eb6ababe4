import { call, inWords } from '@countersign/ui/api';
import { ArrivalTitle, StepUpCancelled, useSecondsLeft, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Authenticator, Me, VerificationKeyCode } from '@countersign/protocol/wire';
import { CodeShown } from '../activation/code-shown.tsx';

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
        Add Face ID, fingerprint or passcode
      </Button>
    </Group>
  );
  return (
    <>
      {missing &&
        (me.user_verification === 'required' ? (
          <Alert color="yellow" variant="light" title="This phone is not asked at present">
            <Stack gap="sm">
              <Text fz="sm">
                Your organisation wants every approval confirmed with Face ID, fingerprint or passcode, and
                this phone was enrolled without. Until it is added here, the phone gets no requests.
              </Text>
              {add}
            </Stack>
          </Alert>
        ) : (
          <>
            <Text c="dimmed">This phone approves without making sure who is holding it.</Text>
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
        title="Add Face ID, fingerprint or passcode"
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
        <ArrivalTitle>It is added</ArrivalTitle>
        <Text>
          <strong>{phone.device.name}</strong> now makes sure that it is you before it approves.
        </Text>
        <Button size="md" fullWidth onClick={onDone}>
          Done
        </Button>
      </Stack>
    );
  }
  if (left === 0) {
    return (
      <Stack role="alert">
        <ArrivalTitle>This code has expired</ArrivalTitle>
        <Text ta="center">A code holds for ten minutes, and for this phone only.</Text>
        <Button size="md" onClick={onNewCode}>
          New code
        </Button>
      </Stack>
    );
  }
  return (
    <Stack align="center">
      <CodeShown
        uri={code.verification_key_uri}
        code={code.code}
        label="QR code with which your phone adds Face ID, fingerprint or passcode"
        hint={
          <>
            Open Countersign Authenticator on <strong>{phone.device.name}</strong> and scan it there.
          </>
        }
        left={left}
      />
    </Stack>
  );
}
