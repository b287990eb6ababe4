import { Button, type ButtonProps } from '@mantine/core';
import type { ButtonHTMLAttributes, CSSProperties } from 'react';

const outlined = {
  '--button-color': 'var(--cs-danger)',
  '--button-bd': '1px solid var(--cs-danger)',
  '--button-hover': 'var(--cs-danger-quiet)',
} as CSSProperties;

const filled = {
  '--button-bg': 'var(--cs-danger)',
  '--button-color': 'var(--cs-on-danger)',
  '--button-hover': 'color-mix(in srgb, var(--cs-danger) 88%, var(--cs-text))',
} as CSSProperties;

/** What takes something away: outlined where it leads to a question, filled where it is the answer. */
export function DangerButton(
  props: ButtonProps & ButtonHTMLAttributes<HTMLButtonElement> & { asks?: boolean },
) {
  const { asks = false, ...rest } = props;
  return <Button variant={asks ? 'outline' : 'filled'} style={asks ? outlined : filled} {...rest} />;
}
