import { ArrivalTitle, useSecondsLeft } from '@countersign/ui/sign-in';
import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import type { CreatedActivation } from '@countersign/protocol/wire';
import { CodeShown } from './code-shown.tsx';
import { Bold } from '../display/bold.tsx';
import { t } from '../texts/texts.ts';

/** The activation code as a picture or as text, for as long as it holds. */
export function ScanStep({
  activation,
  onNewCode,
  onBack,
}: {
  activation: CreatedActivation;
  onNewCode: () => void;
  onBack: () => void;
}) {
  const left = useSecondsLeft(activation.expires_at);
  if (activation.state === 'expired' || left === 0) {
    return (
      <Stack role="alert">
        <ArrivalTitle>{t.activation.expired}</ArrivalTitle>
        <Text ta="center">{t.activation.expiredText}</Text>
        <Button size="md" onClick={onNewCode}>
          {t.activation.newCode}
        </Button>
      </Stack>
    );
  }
  if (activation.state === 'pending') {
    return (
      <Stack align="center" role="status" ta="center">
        <Loader />
        <ArrivalTitle>{t.activation.finish}</ArrivalTitle>
        <Text>
          {t.activation.finishText(activation.authenticator?.device.name ?? t.activation.yourPhone)}
        </Text>
      </Stack>
    );
  }
  return (
    <Stack align="center">
      <CodeShown
        uri={activation.activation_uri}
        code={activation.code}
        label={t.activation.qrWithCode}
        hint={<Bold text={t.activation.hint} />}
        left={left}
      >
        <Button variant="subtle" onClick={onBack}>
          {t.activation.howToGet}
        </Button>
      </CodeShown>
      <Alert variant="light" color="yellow">
        {t.activation.keepSecret}
      </Alert>
    </Stack>
  );
}
