import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { QrCode } from '../layout/qr-code.tsx';
import { CopyText } from '../layout/copy-text.tsx';
import { t } from '../texts/texts.ts';

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
      <ArrivalTitle>{typed ? t.activation.type : t.activation.scan}</ArrivalTitle>
      {typed ? (
        <TypedDetails uri={uri} code={code} />
      ) : (
        <>
          <QrCode text={uri} label={label} />
          <Text ta="center">{hint}</Text>
        </>
      )}
      <Text fz="sm" c="dimmed">
        {t.activation.holdsFor(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`)}
      </Text>
      <Group justify="center" gap="xs">
        <Button variant="default" onClick={() => setTyped(!typed)}>
          {typed ? t.activation.showQr : t.activation.enterCode}
        </Button>
        {children}
      </Group>
    </>
  );
}

function TypedDetails({ uri, code }: { uri: string; code: string }) {
  const rows = [
    { label: t.activation.server, text: new URL(uri).origin },
    { label: t.activation.code, text: code },
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
            <CopyText text={text} what={label} />
          </Group>
        </div>
      ))}
    </Stack>
  );
}
