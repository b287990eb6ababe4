import { CodeField } from '@countersign/ui/sign-in';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { totpProblem } from './totp-problem.ts';

/** A code that proves the app at hand: at setting up, and before clearing. `children` are further buttons. */
export function CodeForm({
  label,
  action,
  autoFocus,
  onSubmit,
  children,
}: {
  label: string;
  action: string;
  autoFocus?: boolean;
  /** What it throws is shown, and another code can be typed. */
  onSubmit: (code: string) => Promise<void>;
  children?: ReactNode;
}) {
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await onSubmit(code);
    } catch (error) {
      setProblem(totpProblem(error));
      setCode('');
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <CodeField
          label={label}
          value={code}
          error={problem !== undefined}
          field={field}
          autoFocus={autoFocus}
          onChange={setCode}
        />
        {problem && (
          <Text role="alert" c="var(--cs-danger)" fz="sm">
            {problem}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={busy}>
            {action}
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
