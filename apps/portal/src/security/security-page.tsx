import { Stack } from '@mantine/core';
import { PageTitle } from '../layout/page-title.tsx';
import { ActivityCard } from './activity-card.tsx';
import { BrowsersCard } from './browsers-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { PushCard } from './push-card.tsx';

export function SecurityPage() {
  return (
    <>
      <PageTitle>Security</PageTitle>
      <Stack gap="lg">
        <PushCard />
        <PasswordCard />
        <BrowsersCard />
        <ActivityCard />
      </Stack>
    </>
  );
}
