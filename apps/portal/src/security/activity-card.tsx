import { Group, Stack, Text } from '@mantine/core';
import { Loaded, SectionCard, whenText } from '../layout/section-card.tsx';
import { useActivity } from './queries.ts';

/** What happened, in the words of the person that it happened to. What says nothing to them is left out. */
const sentences: Record<string, string> = {
  'authentication.completed': 'You signed in',
  'password.wrong': 'A wrong password was tried',
  'password.locked': 'Too many wrong passwords were tried; new browsers have to wait',
  'password.changed': 'Your password was changed',
  'push.approved': 'You approved a request on your phone',
  'push.denied': 'You denied a request on your phone',
  'push.reported': 'You reported a sign-in that was not yours',
  'push.wrong_number': 'A wrong number was typed on your phone',
  'activation.completed': 'A phone was enrolled',
  'transfer.begun': 'Moving your account to a new phone was begun',
  'transfer.completed': 'Your account was moved to a new phone',
  'authenticator.verification_key_added': 'Face ID, fingerprint or passcode was added to a phone',
  'authenticator.replaced': 'A phone was replaced',
  'authenticator.removed': 'A phone was removed',
  'session.ended': 'You signed out',
  'step_up.completed': 'You confirmed that it was you',
  'user.mfa_reset': 'An administrator reset your sign-in methods',
  'enrollment_code.used': 'A code from the help desk was used',
};

const shown = 15;

export function ActivityCard() {
  const activity = useActivity();
  return (
    <SectionCard
      title="Recent activity"
      text="If something here was not you, change your password and tell your administrator."
    >
      <Loaded query={activity}>
        {(items) => (
          <Stack gap="sm">
            {items
              .filter(({ type }) => type in sentences)
              .slice(0, shown)
              .map((item) => (
                <Group key={item.id} justify="space-between" align="flex-start" gap={4}>
                  <div>
                    <Text>{sentences[item.type]}</Text>
                    <Text c="dimmed" fz="sm">
                      {[item.client, item.ip].filter(Boolean).join(' · ')}
                    </Text>
                  </div>
                  <Text c="dimmed" fz="sm">
                    {whenText(item.at)}
                  </Text>
                </Group>
              ))}
          </Stack>
        )}
      </Loaded>
    </SectionCard>
  );
}
