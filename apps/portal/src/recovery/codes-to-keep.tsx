import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import { useMe } from '../security/queries.ts';
import { useDiscovery } from '../session.ts';
import { t } from '../texts/texts.ts';

/** The fresh set, this once. It stays until its owner says that it is kept. */
export function CodesToKeep({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const organization = useDiscovery().data?.organization.name ?? '';
  const login = useMe().data?.login ?? '';
  const heading = t.recovery.sheet(organization, login);
  const text = `${heading}\n\n${codes.join('\n')}\n`;
  // However it is printed, the sheet holds nothing else.
  useEffect(() => {
    document.body.dataset.print = 'sheet';
    return () => {
      delete document.body.dataset.print;
    };
  }, []);
  // The browser asks before they are gone for good.
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);
  return (
    <Stack>
      <ArrivalTitle ta="left">{t.recovery.shownTitle}</ArrivalTitle>
      <Text>{t.recovery.shownText}</Text>
      <CodeList codes={codes} />
      {createPortal(
        // Beside everything else, so that a printed page can hold it alone.
        <div className="print-sheet">
          <p>{heading}</p>
          <CodeList codes={codes} />
        </div>,
        document.body,
      )}
      <Group gap="xs">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t.app.copied : t.app.copy}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={() => download(t.recovery.file, text)}>
          {t.recovery.download}
        </Button>
        <Button variant="default" onClick={() => print()}>
          {t.recovery.print}
        </Button>
      </Group>
      <Group>
        <Button onClick={onKept}>{t.recovery.kept}</Button>
      </Group>
    </Stack>
  );
}

function CodeList({ codes }: { codes: string[] }) {
  return (
    <ol className="recovery-codes" aria-label={t.recovery.title}>
      {codes.map((code) => (
        <li key={code}>
          <code>{code}</code>
        </li>
      ))}
    </ol>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
