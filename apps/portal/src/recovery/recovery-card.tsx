import { call } from '@countersign/ui/api';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { MyFactors, RecoveryCodes } from '@countersign/protocol/wire';
import { whenText } from '../display/time.ts';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { FactorCard } from '../security/factor-card.tsx';
import { proofsOf } from '../security/factors.ts';
import { useCodesToKeep } from '../security/queries.ts';
import { useAct } from '../security/use-act.ts';
import { t } from '../texts/texts.ts';
import { CodesToKeep } from './codes-to-keep.tsx';

/** With so few left, new ones are suggested. */
const few = 3;

/** Recovery codes: how many are left, and a fresh set. */
export function RecoveryCard({ factors }: { factors: MyFactors }) {
  const { act, problem, busy } = useAct();
  const [codes, setCodes] = useCodesToKeep();
  const [asking, setAsking] = useState(false);
  const present = factors.items.find((item) => item.kind === 'recovery_code');
  const possible = proofsOf(factors).length > 0 && factors.allowed.includes('recovery_code');
  const make = async () => {
    setAsking(false);
    const made = await act(() => call<RecoveryCodes>('POST', '/api/v1/me/recovery-codes'));
    if (made) setCodes(made.result.codes);
  };
  return (
    <FactorCard
      title={t.recovery.title}
      text={t.recovery.text}
      on={present !== undefined && present.left > 0}
    >
      {codes ? (
        <CodesToKeep codes={codes} onKept={() => setCodes(undefined)} />
      ) : (
        <>
          <div>
            <Text>{present ? t.recovery.left(present.left) : t.recovery.none}</Text>
            {present && (
              <Text c="dimmed" fz="sm">
                {t.recovery.madeOn(whenText(present.created_at))}
              </Text>
            )}
            {present && present.left <= few && possible && (
              <Text c="var(--cs-warning)">{t.recovery.few}</Text>
            )}
            {proofsOf(factors).length === 0 && <Text c="dimmed">{t.recovery.needsFactor}</Text>}
          </div>
          <ProblemAlert text={problem} />
          {possible && (
            <Group>
              <Button
                variant="default"
                loading={busy}
                onClick={() => (present ? setAsking(true) : void make())}
              >
                {t.recovery.make}
              </Button>
            </Group>
          )}
        </>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title={t.recovery.askTitle} centered>
        <Stack>
          <Text>{t.recovery.askText}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t.app.cancel}
            </Button>
            <Button onClick={() => void make()}>{t.recovery.make}</Button>
          </Group>
        </Stack>
      </Modal>
    </FactorCard>
  );
}
