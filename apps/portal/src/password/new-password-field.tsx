import { PasswordInput, Progress, Text, type PasswordInputProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { t } from '../texts/texts.ts';
import { loadJudge, type Strength } from './strength.ts';

/** Milliseconds without a key until what was typed is judged: nobody wants to be told of every letter. */
const pause = 250;
const colors = ['red', 'red', 'yellow', 'green', 'green'] as const;

/** Where a new password is typed, with how hard it is to guess. `known`: what others know of the person. */
export function NewPasswordField({ known = [], ...props }: PasswordInputProps & { known?: string[] }) {
  const [typed, setTyped] = useState('');
  const [strength, setStrength] = useState<Strength>();
  const knownOnes = known.join('\n');

  useEffect(() => {
    if (typed === '') return setStrength(undefined);
    let stale = false;
    const timer = setTimeout(() => {
      loadJudge().then(
        (judge) => stale || setStrength(judge(typed, knownOnes.split('\n').filter(Boolean))),
        // Without the dictionary there is no advice, and the server still says what will not do.
        () => {},
      );
    }, pause);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [typed, knownOnes]);

  return (
    <div>
      <PasswordInput
        autoComplete="new-password"
        required
        {...props}
        onFocus={() => void loadJudge().catch(() => {})}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {/* Always there, so that a screen reader hears of the first change too. */}
      <div role="status">
        {strength !== undefined && (
          <>
            <Progress value={(strength + 1) * 20} color={colors[strength]} size="sm" mt="xs" aria-hidden />
            <Text size="sm" mt={4}>
              {t.password.strength[strength]} {strength < 3 && t.password.longer}
            </Text>
          </>
        )}
      </div>
    </div>
  );
}
