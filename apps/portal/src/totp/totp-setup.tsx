import { call, inWords, isProblem } from '@countersign/ui/api';
import { ArrivalTitle, StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { Alert, Button, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { CreatedTotp } from '@countersign/protocol/wire';
import { OtherWays, type OtherWay } from '../activation/other-ways.tsx';
import { EnrolledElsewhere } from '../begin/enrolled-elsewhere.tsx';
import { Bold } from '../display/bold.tsx';
import { CopyText } from '../layout/copy-text.tsx';
import { GreenCheck } from '../layout/green-check.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { QrCode } from '../layout/qr-code.tsx';
import { t } from '../texts/texts.ts';
import { CodeForm } from './code-form.tsx';

/** Setting up verification codes: scan or type the key, prove it with a first code, see the green check. */
export function TotpSetup({
  titled = true,
  others = [],
  onDone,
  onLeave,
}: {
  /** Whether it stands under a heading of its own; a page may have one already. */
  titled?: boolean;
  others?: OtherWay[];
  onDone: () => void;
  /** There is no other way on where it is left out. */
  onLeave?: () => void;
}) {
  const [totp, setTotp] = useState<CreatedTotp>();
  const [problem, setProblem] = useState<string>();
  const [elsewhere, setElsewhere] = useState(false);
  const [expired, setExpired] = useState(false);
  const [done, setDone] = useState(false);
  const begun = useRef(false);

  const begin = async () => {
    setProblem(undefined);
    try {
      setTotp(await withStepUp(() => call<CreatedTotp>('POST', '/api/v1/me/totp')));
    } catch (error) {
      if (error instanceof StepUpCancelled) setProblem(error.message);
      else if (isProblem(error, 'step_up_required')) setElsewhere(true);
      else setProblem(inWords(error));
    }
  };
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void begin();
  }, []);

  const confirm = async (code: string) => {
    setExpired(false);
    try {
      await withStepUp(() => call('POST', `/api/v1/me/totp/${totp!.id}/confirm`, { code }));
      setDone(true);
    } catch (error) {
      if (error instanceof StepUpCancelled) return;
      if (isProblem(error, 'step_up_required')) return setElsewhere(true);
      // The key has run out before its first code.
      if (!isProblem(error, 'not_found')) throw error;
      setExpired(true);
      await begin();
    }
  };

  if (done) return <GreenCheck title={t.totp.done} text={t.totp.doneText} onDone={onDone} />;
  if (elsewhere) return <EnrolledElsewhere />;
  const cancel = onLeave && (
    <Button variant="subtle" onClick={onLeave}>
      {t.app.cancel}
    </Button>
  );
  if (problem !== undefined) {
    return (
      <Stack>
        <ProblemAlert text={problem} />
        <Group>
          <Button onClick={() => void begin()}>{t.app.tryAgain}</Button>
          {cancel}
        </Group>
        <OtherWays others={others} />
      </Stack>
    );
  }
  if (!totp) return <Loader aria-label={t.app.loading} mx="auto" />;
  return (
    <Stack maw={440}>
      {titled && <ArrivalTitle ta="left">{t.totp.setUpTitle}</ArrivalTitle>}
      {expired && (
        <Alert color="yellow" variant="light" role="alert">
          {t.totp.keyGone}
        </Alert>
      )}
      <Text>
        <Bold text={t.totp.scan} />
      </Text>
      <Group justify="center">
        <QrCode text={totp.otpauth_uri} label={t.totp.qr} />
      </Group>
      <div>
        <Text>{t.totp.orType}</Text>
        <Group gap="xs" wrap="nowrap" justify="space-between">
          <Code fz="md">{inGroups(totp.secret)}</Code>
          <CopyText text={totp.secret} what={t.totp.key} />
        </Group>
      </div>
      <CodeForm key={totp.id} label={t.totp.enter} action={t.totp.submit} onSubmit={confirm}>
        {cancel}
      </CodeForm>
      <OtherWays others={others} />
    </Stack>
  );
}

/** As it is typed most easily. */
const inGroups = (secret: string): string => secret.match(/.{1,4}/g)!.join(' ');
