import { Stack, Text, Title } from '@mantine/core';
import { Loaded } from '../layout/section-card.tsx';
import { t } from '../texts/texts.ts';
import { PasskeysCard } from '../passkeys/passkeys-card.tsx';
import { PushCard } from './push-card.tsx';
import { useFactors } from './queries.ts';
import { RecoveryCard } from '../recovery/recovery-card.tsx';
import { TotpCard } from '../totp/totp-card.tsx';

/** Multi-factor authentication: a card for each kind that is allowed, or there. */
export function FactorsSection() {
  const factors = useFactors({ fresh: true });
  return (
    <Stack component="section" aria-label={t.security.factors}>
      <div>
        <Title order={2} fz="xl">
          {t.security.factors}
        </Title>
        <Text c="dimmed">{t.security.factorsText}</Text>
      </div>
      <Loaded query={factors}>
        {(mine) => {
          const shows = (kind: (typeof mine.allowed)[number]) =>
            mine.allowed.includes(kind) || mine.items.some((item) => item.kind === kind);
          return (
            <>
              <PushCard factors={mine} />
              {shows('totp') && <TotpCard factors={mine} />}
              {shows('passkey') && <PasskeysCard factors={mine} />}
              {shows('recovery_code') && <RecoveryCard factors={mine} />}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
