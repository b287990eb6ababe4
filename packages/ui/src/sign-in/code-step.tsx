import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { call, inWords, isProblem, secondsInWords, timeAfter } from '../api.ts';
import { t } from '../texts.ts';
import { ArrivalTitle } from './arrival-title.tsx';
import { CodeField } from './code-field.tsx';
import { useSecondsLeft } from './seconds-left.ts';
import type { Following } from './use-authentication.ts';

type Kind = 'totp' | 'recovery_code';

const calls: Record<Kind, string> = { totp: 'totp', recovery_code: 'recovery-code' };

/** A code that is typed: of the authenticator app, which submits itself at six digits, or one that was kept. */
export function CodeStep({ kind, following }: { kind: Kind; following: Following }) {
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [until, setUntil] = useState<string>();
  const [busy, setBusy] = useState(false);
  const wait = useSecondsLeft(until);
  const field = useRef<HTMLInputElement>(null);
  const isTotp = kind === 'totp';
  // After a wrong code the next can be typed at once; a field that was disabled loses the focus.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (tries > 0) field.current?.focus();
  }, [tries]);

  const submit = async (typed: string) => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    setUntil(undefined);
    try {
      const path = `/api/v1/authentications/${following.authentication.id}/${calls[kind]}`;
      following.take(await call<Authentication>('POST', path, { code: typed }));
    } catch (error) {
      setProblem(codeProblem(error, kind));
      if (isProblem(error, 'factor_locked')) setUntil(timeAfter(error.retryAfter ?? 60));
      setCode('');
      setTries((before) => before + 1);
    } finally {
      setBusy(false);
    }
  };
  const locked = until !== undefined && wait > 0;

  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit(code);
      }}
    >
      <Stack>
        <ArrivalTitle>{isTotp ? t.code.totpTitle : t.code.recoveryTitle}</ArrivalTitle>
        <Text ta="center">{isTotp ? t.code.totpText : t.code.recoveryText}</Text>
        {isTotp ? (
          <CodeField
            label={t.code.totpLabel}
            value={code}
            error={problem !== undefined}
            field={field}
            autoFocus
            onChange={setCode}
            onComplete={(typed) => void submit(typed)}
          />
        ) : (
          <TextInput
            ref={field}
            label={t.code.recoveryLabel}
            value={code}
            error={problem !== undefined}
            onChange={(event) => setCode(event.currentTarget.value)}
            placeholder="XXXX-XXXX-XXXX-XXXX"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            required
            size="md"
            autoFocus
          />
        )}
        {problem && (
          <Text role="alert" c="var(--cs-danger)" fz="sm">
            {problem}
          </Text>
        )}
        {/* Outside the alert, which would be read out again with every second. */}
        {until && (
          <Text fz="sm">{locked ? t.problems.canTryIn(secondsInWords(wait)) : t.problems.canTryNow}</Text>
        )}
        <Button type="submit" size="md" loading={busy} disabled={locked}>
          {t.code.submit}
        </Button>
      </Stack>
    </form>
  );
}

/** What a refused code means, and what to do now; for every place where one is typed. */
export function codeProblem(error: unknown, kind: Kind): string {
  const { code } = t;
  if (isProblem(error, 'factor_locked')) return code.locked;
  if (isProblem(error, 'code_already_used')) return kind === 'totp' ? code.usedTotp : code.usedRecovery;
  if (!isProblem(error, 'wrong_code')) return inWords(error);
  const left = error.problem.tries_left;
  if (left === undefined) return code.wrong;
  return `${code.wrong} ${left > 0 ? code.triesLeft(left) : code.noTriesLeft}`;
}
