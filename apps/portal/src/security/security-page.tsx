import { Stack } from '@mantine/core';
import { PageTitle } from '../layout/page-title.tsx';
import { t } from '../texts/texts.ts';
import { ActivityCard } from './activity-card.tsx';
import { BrowsersCard } from './browsers-card.tsx';
import { FactorsSection } from './factors-section.tsx';
import { PasswordCard } from './password-card.tsx';

export function SecurityPage() {
  return (
    <>
      <PageTitle>{t.security.title}</PageTitle>
      <Stack gap="lg">
        <FactorsSection />
        <PasswordCard />
        <BrowsersCard />
        <ActivityCard />
      </Stack>
    </>
  );
}
