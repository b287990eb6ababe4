import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import { SectionCard } from '../layout/section-card.tsx';
import { t } from '../texts/texts.ts';

/** The card of one factor: what it is, whether it is set up, and its actions. */
export function FactorCard({
  title,
  text,
  on,
  children,
}: {
  title: string;
  text: string;
  on: boolean;
  children: ReactNode;
}) {
  return (
    <SectionCard
      title={title}
      text={text}
      order={3}
      aside={
        <Badge
          color={on ? 'var(--cs-success)' : 'gray'}
          variant="light"
          size="lg"
          c={on ? 'var(--cs-success)' : 'var(--cs-text)'}
        >
          {on ? t.security.on : t.security.notSetUp}
        </Badge>
      }
    >
      {children}
    </SectionCard>
  );
}
