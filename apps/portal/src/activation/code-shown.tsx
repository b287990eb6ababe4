import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { QrCode } from '../layout/qr-code.tsx';

/** A one-time code for the app, as a picture or as text, with the time that it has left. */
export function CodeShown({
  uri,
  code,
  label,
  hint,
  left,
  children,
}: {
  /** What the picture holds: an address of this server, with the code in its fragment. */
  uri: string;
  code: string;
  /** What the picture is, for who does not see it. */
  label: string;
  /** Where in the app it is scanned. */
  hint: ReactNode;
  /** Seconds. */
  left: number;
  /** Further buttons. */
  children?: ReactNode;
}) {
  const [typed, setTyped] = useState(false);
  return (
    <>
      <ArrivalTitle>{typed ? 'Type this in the app' : 'Scan this code in the app'}</ArrivalTitle>
      {typed ? (
        <TypedDetails uri={uri} code={code} />
      ) : (
        <>
          <QrCode text={uri} label={label} />
          <Text ta="center">{hint}</Text>
        </>
      )}
      <Text fz="sm" c="dimmed">
        Holds for {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
      </Text>
      <Group justify="center" gap="xs">
        <Button variant="default" onClick={() => setTyped(!typed)}>
          {typed ? 'Show the QR code' : 'Enter code instead'}
        </Button>
        {children}
      </Group>
    </>
  );
}

function TypedDetails({ uri, code }: { uri: string; code: string }) {
  const rows = [
    { label: 'Server address', text: new URL(uri).origin },
    { label: 'Code', text: code },
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
