import { Anchor, DataList } from '@mantine/core';
import type { HostDetail } from '@countersign/protocol/wire';
import { serverNow } from '@countersign/ui/api';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { AboveLink } from '../layout/above-link.tsx';
import { Callout } from '../layout/callout.tsx';
import { Datum } from '../layout/datum.tsx';
import { Edited } from '../layout/edited.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import listStyles from '../list/list.module.css';
import { readHost } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { HostEnd } from './host-end.tsx';
import { HostForm } from './host-form.tsx';
import { HostLogins } from './host-logins.tsx';
import { HostStateBadge } from './host-state.tsx';
import { isSilent } from './words.ts';

const route = getRouteApi('/room/devices/$id');
const above = <AboveLink to="/devices">Devices</AboveLink>;

export function HostPage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['host', id], queryFn: () => readHost(id) });
  const { user } = useSession();
  return (
    <OnePage query={query} noun="host" above={above}>
      {(host) => (
        <Page title={host.name} above={above} narrow key={host.id}>
          <HostNote host={host} />
          <HostFacts host={host} />
          <HostLogins host={host} onRefresh={query.refetch} isRefreshing={query.isRefetching} />
          {may(user, 'write_settings') && (
            <>
              {host.state === 'active' && (
                <Edited
                  thing={host}
                  part={({ name, group }) => [name, group.id]}
                  changes={{ type: 'host.changed', target: host.id }}
                >
                  {(opened) => <HostForm host={opened} />}
                </Edited>
              )}
              <HostEnd host={host} />
            </>
          )}
        </Page>
      )}
    </OnePage>
  );
}

/** What an administrator should know before anything else. */
function HostNote({ host }: { host: HostDetail }) {
  if (host.state === 'revoked') {
    return (
      <div className={listStyles.note}>
        <Callout tone="danger" title="This host is revoked">
          Its key is dead: nobody logs in there through this server. To use the machine again, type{' '}
          <code>sudo countersign-agent leave --force</code> on it and join it anew.
        </Callout>
      </div>
    );
  }
  if (!isSilent(host, serverNow())) return null;
  return (
    <div className={listStyles.note}>
      <Callout tone="warning" title="This host has not been heard of lately">
        Its agent asks every 10 minutes. It may be switched off or cut off: then logins there go by{' '}
        <Anchor
          inherit
          renderRoot={(link) => <Link to="/devices/groups/$id" params={{ id: host.group.id }} {...link} />}
        >
          what {host.group.name} says of outages
        </Anchor>
        . On the host, <code>sudo countersign-agent status</code> tells what is wrong.
      </Callout>
    </div>
  );
}

function HostFacts({ host }: { host: HostDetail }) {
  return (
    <Section title="At a glance">
      <DataList size="md" gap="xs" labelWidth="9rem">
        <Datum label="State">
          <HostStateBadge host={host} />
        </Datum>
        <Datum label="Host group">
          <Anchor
            inherit
            renderRoot={(link) => <Link to="/devices/groups/$id" params={{ id: host.group.id }} {...link} />}
          >
            {host.group.name}
          </Anchor>
        </Datum>
        <Datum label="Last seen">
          <Time at={host.last_seen_at} />
        </Datum>
        <Datum label="Operating system">{host.os}</Datum>
        <Datum label="Agent">{host.agent_version}</Datum>
        <Datum label="Joined">
          <Time at={host.joined_at} precise />
        </Datum>
      </DataList>
    </Section>
  );
}
