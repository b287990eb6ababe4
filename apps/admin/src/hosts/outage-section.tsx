import { Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import type { HostGroup } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { changeHostGroup } from '../server/admin-api.ts';
import { outages } from './group-words.ts';

const kinds = Object.keys(outages) as HostGroup['outage'][];

/** What its hosts do without the server, and the one account for emergencies. */
export function OutageSection({ group }: { group: HostGroup }) {
  const [outage, setOutage] = useState(group.outage);
  const [account, setAccount] = useState(group.break_glass ?? '');
  const save = useSaved(
    'host group',
    (patch: Parameters<typeof changeHostGroup>[1]) => changeHostGroup(group, patch),
    'What happens without the server was saved.',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ outage, break_glass: account.trim() || null });
  };
  return (
    <Section
      title="Without the server"
      lead="What happens when a host cannot reach the server. Hosts learn a change within 10 minutes."
    >
      {save.error && <Failure error={save.error} what="What happens without the server was not saved." />}
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Radio.Group aria-label="Without the server" value={outage} onChange={setOutage}>
            <Stack gap="sm">
              {kinds.map((kind) => (
                <Radio key={kind} value={kind} {...labelOf(kind)} />
              ))}
            </Stack>
          </Radio.Group>
          {outage === 'allow' && (
            <Callout tone="warning" role="alert" title="Whoever cuts the network gets in without the phone">
              A stolen password is then enough on every host of this group. Choose it only where being locked
              out is worse.
            </Callout>
          )}
          <TextInput
            label="Break-glass account"
            description="One local user who gets in without a second factor while the server is out of reach, at the machine’s own console only. It is recorded, and the administrators are told by mail. Empty: none."
            value={account}
            onChange={(event) => setAccount(event.currentTarget.value)}
            maxLength={256}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save what happens without the server">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function labelOf(kind: HostGroup['outage']) {
  const { label, description } = outages[kind];
  return { label, description };
}
