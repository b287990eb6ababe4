import { call } from '@countersign/ui/api';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { MyFactors, Passkey } from '@countersign/protocol/wire';
import { whenText } from '../display/time.ts';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { Loaded } from '../layout/section-card.tsx';
import { FactorCard } from '../security/factor-card.tsx';
import { isLastProof } from '../security/factors.ts';
import { usePasskeys } from '../security/queries.ts';
import { RemoveDialog } from '../security/remove-dialog.tsx';
import { useAct } from '../security/use-act.ts';
import { t } from '../texts/texts.ts';
import { AddPasskey } from './add-passkey.tsx';

/** The person's passkeys: added, renamed, removed. */
export function PasskeysCard({ factors }: { factors: MyFactors }) {
  const passkeys = usePasskeys();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const leave = () => {
    setAdding(false);
    void queries.invalidateQueries();
  };
  return (
    <FactorCard
      title={t.passkeys.title}
      text={t.passkeys.text}
      on={factors.items.some(({ kind }) => kind === 'passkey')}
    >
      <Loaded query={passkeys}>
        {(items) => (
          <Stack component="ul" className="plain-list">
            {items.map((passkey) => (
              <li key={passkey.id}>
                <PasskeyRow passkey={passkey} last={isLastProof(factors)} />
              </li>
            ))}
          </Stack>
        )}
      </Loaded>
      {adding ? (
        <AddPasskey onDone={leave} onLeave={leave} />
      ) : (
        factors.allowed.includes('passkey') && (
          <Group>
            <Button variant={passkeys.data?.length ? 'default' : 'filled'} onClick={() => setAdding(true)}>
              {t.passkeys.add}
            </Button>
          </Group>
        )
      )}
    </FactorCard>
  );
}

function PasskeyRow({ passkey, last }: { passkey: Passkey; last: boolean }) {
  const { act, problem, busy } = useAct();
  const [renaming, setRenaming] = useState(false);
  const [asking, setAsking] = useState(false);
  const path = `/api/v1/me/passkeys/${passkey.id}`;
  const { name, created_at, last_used_at, backed_up } = passkey;
  const used = last_used_at === null ? t.passkeys.neverUsed : t.passkeys.lastUsed(whenText(last_used_at));
  return (
    <Stack gap="xs">
      {renaming ? (
        <Renaming
          name={name}
          busy={busy}
          onLeave={() => setRenaming(false)}
          onSave={async (next) => {
            if (await act(() => call('PATCH', path, { name: next }))) setRenaming(false);
          }}
        />
      ) : (
        <Group justify="space-between" align="flex-start" gap="xs">
          <div className="grows">
            <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Text>
            <Text c="dimmed" fz="sm">
              {t.passkeys.added(whenText(created_at))} · {used}
            </Text>
            {backed_up && (
              <Text c="dimmed" fz="sm">
                {t.passkeys.backedUp}
              </Text>
            )}
          </div>
          <Group gap="xs">
            <Button
              variant="default"
              size="xs"
              aria-label={t.passkeys.renameWhat(name)}
              onClick={() => setRenaming(true)}
            >
              {t.passkeys.rename}
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="xs"
              aria-label={t.passkeys.removeWhat(name)}
              onClick={() => setAsking(true)}
            >
              {t.security.remove}
            </Button>
          </Group>
        </Group>
      )}
      <ProblemAlert text={problem} />
      <RemoveDialog
        opened={asking}
        title={t.passkeys.removeTitle}
        text={t.passkeys.removeText(name)}
        action={t.passkeys.removeSubmit}
        last={last}
        onCancel={() => setAsking(false)}
        onRemove={() => {
          setAsking(false);
          void act(() => call('DELETE', path));
        }}
      />
    </Stack>
  );
}

function Renaming({
  name,
  busy,
  onSave,
  onLeave,
}: {
  name: string;
  busy: boolean;
  onSave: (name: string) => Promise<void>;
  onLeave: () => void;
}) {
  const [typed, setTyped] = useState(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onSave(typed);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" maw={440}>
        <TextInput
          label={t.passkeys.renameTitle}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          required
          maxLength={100}
          autoComplete="off"
          autoFocus
        />
        <Group gap="xs">
          <Button type="submit" loading={busy}>
            {t.passkeys.save}
          </Button>
          <Button variant="subtle" onClick={onLeave}>
            {t.app.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
