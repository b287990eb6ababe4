import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { MyFactors, Session } from '@countersign/protocol/wire';
import { listText } from '../display/time.ts';
import { Launcher } from '../applications/launcher.tsx';
import { PageTitle } from '../layout/page-title.tsx';
import { proofsOf } from '../security/factors.ts';
import { useFactors } from '../security/queries.ts';
import { useDiscovery } from '../session.ts';
import { t } from '../texts/texts.ts';
import { PasskeyOffer } from './passkey-offer.tsx';

/** A short welcome: whether the account is well protected, and what to do if not. */
export function HomePage({ session }: { session: Session }) {
  const { data: factors } = useFactors({ fresh: true });
  const organization = useDiscovery().data?.organization.name;
  return (
    <>
      <PageTitle>{t.home.hello(session.user.name)}</PageTitle>
      <Stack>
        <Text>{t.home.signedInTo(organization ?? t.home.portal)}</Text>
        <Launcher />
        {factors && <Protection factors={factors} />}
        {factors && <PasskeyOffer factors={factors} />}
      </Stack>
    </>
  );
}

function Protection({ factors }: { factors: MyFactors }) {
  const isProtected = proofsOf(factors).length > 0;
  const pushFirst = !isProtected && factors.allowed.includes('push');
  return (
    <Card withBorder radius="lg" padding="lg" bg="var(--cs-surface)">
      <Group wrap="nowrap" align="flex-start">
        {isProtected ? (
          <IconShieldCheck size={40} style={{ flexShrink: 0 }} color="var(--cs-success)" aria-hidden />
        ) : (
          <IconShieldExclamation size={40} style={{ flexShrink: 0 }} color="var(--cs-warning)" aria-hidden />
        )}
        <Stack gap="xs" align="flex-start">
          <Title order={2} fz="lg">
            {isProtected ? t.home.protected : t.home.unprotected}
          </Title>
          <Text>{isProtected ? wordsOf(factors) : pushFirst ? t.home.enrol : t.home.setUp}</Text>
          {pushFirst ? (
            <Button component={Link} to="/activate">
              {t.home.enroll}
            </Button>
          ) : (
            <Button component={Link} to="/security" variant="default">
              {t.home.openSecurity}
            </Button>
          )}
        </Stack>
      </Group>
    </Card>
  );
}

/** How the sign-ins are confirmed: on the phones, or else with what there is. */
function wordsOf({ items }: MyFactors): string {
  const phones = items.filter((item) => item.kind === 'push').map(({ device }) => t.home.device(device.name));
  if (phones.length > 0) return t.home.byPhone(listText(phones));
  return items.some(({ kind }) => kind === 'totp') ? t.home.byTotp : t.home.byPasskey;
}
