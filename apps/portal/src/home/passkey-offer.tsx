import { canKeepPasskey } from '@countersign/ui/passkey';
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MyFactors } from '@countersign/protocol/wire';
import { keep, kept } from '../display/kept.ts';
import { AddPasskey } from '../passkeys/add-passkey.tsx';
import { proofsOf } from '../security/factors.ts';
import { t } from '../texts/texts.ts';

const refused = 'passkey-offer-refused';

/**
 * One quiet offer to whoever confirmed with a phone or a code on a device that could keep a passkey. “Not now” is remembered
 * in this browser, and the offer never comes back.
 */
export function PasskeyOffer({ factors }: { factors: MyFactors }) {
  const queries = useQueryClient();
  const [possible, setPossible] = useState(false);
  const [adding, setAdding] = useState(false);
  const [over, setOver] = useState(() => kept(refused) !== undefined);
  const wanted =
    proofsOf(factors).length > 0 &&
    factors.allowed.includes('passkey') &&
    !factors.items.some(({ kind }) => kind === 'passkey');
  useEffect(() => {
    if (wanted && !over) void canKeepPasskey().then(setPossible);
  }, [wanted, over]);
  if (over || !(adding || (wanted && possible))) return null;
  const refuse = () => {
    keep(refused, 'yes');
    setOver(true);
  };
  return (
    <Card component="section" withBorder radius="lg" padding="lg" bg="var(--cs-surface)">
      {adding ? (
        <AddPasskey
          onDone={() => {
            setAdding(false);
            void queries.invalidateQueries();
          }}
          onLeave={() => setAdding(false)}
        />
      ) : (
        <Stack gap="xs" align="flex-start">
          <Title order={2} fz="lg">
            {t.home.offer}
          </Title>
          <Text>{t.home.offerText}</Text>
          <Group gap="xs">
            <Button variant="default" onClick={() => setAdding(true)}>
              {t.passkeys.add}
            </Button>
            <Button variant="subtle" onClick={refuse}>
              {t.home.offerNotNow}
            </Button>
          </Group>
        </Stack>
      )}
    </Card>
  );
}
