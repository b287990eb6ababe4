import { Button, Group, Text } from '@mantine/core';
import type { Authenticator, UserDetail } from '@countersign/protocol/wire';
import { IconBell, IconBellOff, IconBellX, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { Tag } from '../layout/tag.tsx';
import { Time } from '../layout/time.tsx';
import { removeAuthenticator } from '../server/admin-api.ts';
import styles from './person-devices.module.css';

const platformNames = { ios: 'iPhone or iPad', android: 'Android', other: 'Other device' };

/** How the phone can be woken, in words. */
const health = {
  ok: { Icon: IconBell, label: 'Notifications reach it' },
  none: { Icon: IconBellOff, label: 'Notifications are off: it answers while the app is open' },
  unreachable: { Icon: IconBellX, label: 'Notifications no longer reach it: the app must be opened once' },
};

export function PersonDevices({ person, removable }: { person: UserDetail; removable: boolean }) {
  const { authenticators } = person;
  const [leaving, setLeaving] = useState<Authenticator>();
  const { say } = useNotices();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (phone: Authenticator) => removeAuthenticator(phone.id),
    onSuccess: async (_nothing, phone) => {
      await client.invalidateQueries({ queryKey: ['person', person.id] });
      void client.invalidateQueries({ queryKey: ['people'] });
      setLeaving(undefined);
      say(`${phone.device.name} was removed, and ${person.name} was told by mail.`);
    },
  });
  const isLast = authenticators.filter(({ state }) => state === 'active').length === 1;

  return (
    <Section title="Phones">
      {authenticators.length === 0 ? (
        <Text c="var(--cs-text-quiet)">
          No phone yet. {person.name} sets one up in the User Portal, under Security.
        </Text>
      ) : (
        <ul className={styles.list}>
          {authenticators.map((phone) => (
            <li key={phone.id} className={styles.phone}>
              <IconDeviceMobile size={28} stroke={1.5} aria-hidden />
              <div className={styles.words}>
                <Group gap="xs">
                  <strong>{phone.device.name}</strong>
                  {phone.state === 'pending' && <Tag tone="accent">Being set up</Tag>}
                </Group>
                <span className={styles.quiet}>
                  {phone.device.model ?? platformNames[phone.device.platform]} · app{' '}
                  {phone.device.app_version} · set up <Time at={phone.created_at} /> · last seen{' '}
                  <Time at={phone.last_seen_at} />
                </span>
                <Health push={phone.push} />
                <span className={styles.quiet}>
                  {phone.webauthn_registered
                    ? 'Confirms with Face ID, fingerprint or passcode'
                    : 'Confirms without Face ID, fingerprint or passcode'}
                </span>
              </div>
              {removable && (
                <Button
                  variant="default"
                  size="sm"
                  onClick={() => {
                    remove.reset();
                    setLeaving(phone);
                  }}
                  aria-label={`Remove ${phone.device.name}`}
                >
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Remove ${leaving?.device.name ?? ''}?`}
        act="Remove phone"
        cancel="Keep it"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => leaving && remove.mutate(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        <Text>
          It can no longer approve anything for {person.name}, at once, and requests that wait on it are
          cancelled. {person.name} is told by mail.
        </Text>
        {isLast && leaving?.state === 'active' && (
          <Text mt="sm">
            It is their only phone. To set up another they need a one-time enrolment code: choose “Reset MFA”
            to get one.
          </Text>
        )}
      </ConfirmDialog>
    </Section>
  );
}

function Health({ push }: Pick<Authenticator, 'push'>) {
  const { Icon, label } = health[push];
  return (
    <span className={styles.health} data-health={push}>
      <Icon size={16} aria-hidden />
      {label}
    </span>
  );
}
