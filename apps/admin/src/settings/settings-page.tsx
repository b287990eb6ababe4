import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Edited } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { Page } from '../layout/page.tsx';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { SettingsForm } from './settings-form.tsx';
import { settingsQuery } from './settings-query.ts';
import { SettingsTabs } from './settings-tabs.tsx';

export function SettingsPage() {
  const { user } = useSession();
  const { data: settings, error, isPending, refetch } = useQuery(settingsQuery);
  const writable = may(user, 'write_settings');
  return (
    <Page
      title="Settings"
      lead={
        writable
          ? 'They hold for everybody from the moment you save them.'
          : 'Your role allows you to read these, and not to change them.'
      }
      narrow
    >
      <SettingsTabs />
      {isPending && (
        <Stack role="status" aria-label="Loading the settings">
          <Skeleton height={140} />
          <Skeleton height={220} />
          <Skeleton height={420} />
        </Stack>
      )}
      {error && !settings && (
        <Failure error={error} what="The settings could not be loaded." retry={refetch} />
      )}
      {settings && (
        <Edited thing={settings} part={({ etag }) => etag} changes={{ type: 'settings.changed' }}>
          {(opened) => <SettingsForm settings={opened} writable={writable} />}
        </Edited>
      )}
    </Page>
  );
}
