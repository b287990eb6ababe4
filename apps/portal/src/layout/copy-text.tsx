import { Button, CopyButton } from '@mantine/core';
import { t } from '../texts/texts.ts';

/** Copies a text that stands beside it. `what` it is, for who does not see that. */
export function CopyText({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          flex="none"
          onClick={copy}
          aria-label={copied ? t.app.copiedWhat(what) : t.app.copyWhat(what)}
        >
          {copied ? t.app.copied : t.app.copy}
        </Button>
      )}
    </CopyButton>
  );
}
