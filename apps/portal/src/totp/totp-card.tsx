import { call } from '@countersign/ui/api';
import { ArrivalTitle } from '@countersign/ui/sign-in';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MyFactors } from '@countersign/protocol/wire';
import { whenText } from '../display/time.ts';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { FactorCard } from '../security/factor-card.tsx';
import { isLastProof } from '../security/factors.ts';
import { RemoveDialog } from '../security/remove-dialog.tsx';
import { useAct } from '../security/use-act.ts';
import { t } from '../texts/texts.ts';
import { CodeForm } from './code-form.tsx';
import { TotpSetup } from './totp-setup.tsx';

/** Verification codes: set up, moved to another app, removed. */
export function TotpCard({ factors }: { factors: MyFactors }) {
  const queries = useQueryClient();
  const [doing, setDoing] = useState<'setup' | 'reset'>();
  const totp = factors.items.find((item) => item.kind === 'totp');
  const leave = () => {
    setDoing(undefined);
    void queries.invalidateQueries();
  };
  return (
    <FactorCard title={t.totp.title} text={t.totp.text} on={totp !== undefined}>
      {doing === 'setup' ? (
        <TotpSetup onDone={leave} onLeave={leave} />
      ) : doing === 'reset' ? (
        <Reset onCleared={() => setDoing('setup')} onLeave={leave} />
      ) : totp ? (
        <Present
          id={totp.id}
          since={totp.created_at}
          last={isLastProof(factors)}
          onReset={factors.allowed.includes('totp') ? () => setDoing('reset') : undefined}
        />
      ) : (
        <Group>
          <Button onClick={() => setDoing('setup')}>{t.totp.setUp}</Button>
        </Group>
      )}
    </FactorCard>
  );
}

function Present({
  id,
  since,
  last,
  onReset,
}: {
  id: string;
  since: string;
  last: boolean;
  /** Undefined where another may not be set up in its place. */
  onReset: (() => void) | undefined;
}) {
  const { act, problem } = useAct();
  const [asking, setAsking] = useState(false);
  const remove = () => {
    setAsking(false);
    void act(() => call('DELETE', `/api/v1/me/totp/${id}`));
  };
  return (
    <>
      <Text c="dimmed">{t.totp.since(whenText(since))}</Text>
      <ProblemAlert text={problem} />
      <Group>
        {onReset && (
          <Button variant="default" onClick={onReset}>
            {t.totp.reset}
          </Button>
        )}
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          {t.security.remove}
        </Button>
      </Group>
      <RemoveDialog
        opened={asking}
        title={t.totp.removeTitle}
        text={t.totp.removeText}
        action={t.totp.removeSubmit}
        last={last}
        onCancel={() => setAsking(false)}
        onRemove={remove}
      />
    </>
  );
}

/** Moving to another app: a code of the present one clears it, and setting up the new one follows at once. */
function Reset({ onCleared, onLeave }: { onCleared: () => void; onLeave: () => void }) {
  return (
    <Stack maw={440}>
      <ArrivalTitle ta="left">{t.totp.resetTitle}</ArrivalTitle>
      <Text>{t.totp.resetText}</Text>
      <CodeForm
        label={t.shared.code.totpLabel}
        action={t.totp.resetSubmit}
        autoFocus
        onSubmit={async (code) => {
          await call('POST', '/api/v1/me/totp/reset', { code });
          onCleared();
        }}
      >
        <Button variant="subtle" onClick={onLeave}>
          {t.app.cancel}
        </Button>
      </CodeForm>
      <Text fz="sm" c="dimmed">
        {t.totp.resetLost}
      </Text>
    </Stack>
  );
}
