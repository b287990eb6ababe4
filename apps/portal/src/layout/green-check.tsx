import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Bold } from '../display/bold.tsx';
import { t } from '../texts/texts.ts';

/** Something is set up: the green check, what it is, and Done. `children` are further buttons. */
export function GreenCheck({
  title,
  text,
  problem,
  label = t.app.done,
  onDone,
  children,
}: {
  title: string;
  text: string;
  problem?: string;
  /** Of the button; “Done” without one. */
  label?: string;
  onDone: () => void;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" ta="center">
      <div className="big-check">
        <IconCheck size={52} stroke={2.5} aria-hidden />
      </div>
      <div role="status">
        <ArrivalTitle>{title}</ArrivalTitle>
        <Text>
          <Bold text={text} />
        </Text>
      </div>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <Button size="md" fullWidth onClick={onDone}>
        {label}
      </Button>
      {children}
    </Stack>
  );
}
