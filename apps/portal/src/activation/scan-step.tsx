import { ArrivalTitle, useSecondsLeft } from '@countersign/ui/sign-in';
import { Alert, Button, Code, CopyButton, Group, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { CreatedActivation } from '@countersign/protocol/wire';
import { QrCode } from '../layout/qr-code.tsx';

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
  const [typed, setTyped] = useState(false);
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
      <ArrivalTitle>{typed ? 'Type this in the app' : 'Scan this code in the app'}</ArrivalTitle>
      {typed ? (
        <TypedDetails activation={activation} />
      ) : (
        <>
          <QrCode text={activation.activation_uri} label="QR code with your activation code" />
          <Text ta="center">
            In Countersign Authenticator, tap <strong>Add account</strong>.
          </Text>
        </>
      )}
      <Text fz="sm" c="dimmed">
        Holds for {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
      </Text>
      <Group justify="center" gap="xs">
        <Button variant="default" onClick={() => setTyped(!typed)}>
          {typed ? 'Show the QR code' : 'Enter code instead'}
        </Button>
        <Button variant="subtle" onClick={onBack}>
          How to get the app
        </Button>
      </Group>
      <Alert variant="light" color="yellow">
        Keep this code to yourself: whoever scans it can approve sign-ins as you.
      </Alert>
    </Stack>
  );
}

function TypedDetails({ activation }: { activation: CreatedActivation }) {
  const rows = [
    { label: 'Server address', text: new URL(activation.activation_uri).origin },
    { label: 'Code', text: activation.code },
  ];
  return (
    <Stack w="100%" gap="sm">
      {rows.map(({ label, text }) => (
        <div key={label}>
          <Text fw={600} fz="sm">
            {label}
          </Text>
          <Group gap="xs" wrap="nowrap" justify="space-between">
            <Code fz="md" style={{ overflowWrap: 'anywhere' }}>
              {text}
            </Code>
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  size="xs"
                  flex="none"
                  onClick={copy}
                  aria-label={`${copied ? 'Copied' : 'Copy'} ${label.toLowerCase()}`}
                >
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          </Group>
        </div>
      ))}
    </Stack>
  );
}
