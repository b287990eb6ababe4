import { ArrivalTitle, useSecondsLeft } from '@countersign/ui/sign-in';
import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import type { CreatedActivation } from '@countersign/protocol/wire';
import { CodeShown } from './code-shown.tsx';

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
        <ArrivalTitle>This code has expired</ArrivalTitle>
        <Text ta="center">A code holds for ten minutes, and for one phone.</Text>
        <Button size="md" onClick={onNewCode}>
          New code
        </Button>
      </Stack>
    );
  }
  if (activation.state === 'pending') {
    return (
      <Stack align="center" role="status" ta="center">
        <Loader />
        <ArrivalTitle>Finish on your phone</ArrivalTitle>
        <Text>
          “{activation.authenticator?.device.name ?? 'Your phone'}” has scanned the code. If the app is in the
          background, tap its notification, or open the app.
        </Text>
      </Stack>
    );
  }
  return (
    <Stack align="center">
      <CodeShown
        uri={activation.activation_uri}
        code={activation.code}
        label="QR code with your activation code"
        hint={
          <>
            In Countersign Authenticator, tap <strong>Add account</strong>.
          </>
        }
        left={left}
      >
        <Button variant="subtle" onClick={onBack}>
          How to get the app
        </Button>
      </CodeShown>
      <Alert variant="light" color="yellow">
        Keep this code to yourself: whoever scans it can approve sign-ins as you.
      </Alert>
    </Stack>
  );
}
