import { TextInput } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';

const digits = 6;

/** Six digits of an authenticator app. `onComplete` gets them as soon as the sixth is there. */
export function CodeField({
  label,
  value,
  error,
  field,
  autoFocus,
  onChange,
  onComplete,
}: {
  label: string;
  value: string;
  error?: ReactNode;
  field?: RefObject<HTMLInputElement | null>;
  autoFocus?: boolean;
  onChange: (code: string) => void;
  onComplete?: (code: string) => void;
}) {
  return (
    <TextInput
      ref={field}
      label={label}
      value={value}
      error={error}
      onChange={(event) => {
        // Apps show the digits in groups, and copy them so.
        const code = event.currentTarget.value.replace(/\D/g, '').slice(0, digits);
        onChange(code);
        if (code.length === digits && code !== value) onComplete?.(code);
      }}
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      required
      size="md"
      autoFocus={autoFocus}
      styles={{ input: { letterSpacing: '0.2em', fontVariantNumeric: 'tabular-nums' } }}
    />
  );
}
