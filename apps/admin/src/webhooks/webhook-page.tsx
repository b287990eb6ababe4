import { Button, DataList, Group, Table } from '@mantine/core';
import type { PatchWebhook, Webhook, WebhookDelivery } from '@countersign/protocol/wire';
import { IconWebhook } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { eventName } from '../events/words.ts';
import { AboveLink } from '../layout/above-link.tsx';
import { Callout } from '../layout/callout.tsx';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DangerButton } from '../layout/danger-button.tsx';
import { Datum } from '../layout/datum.tsx';
import { Edited } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { Tag } from '../layout/tag.tsx';
import { Time } from '../layout/time.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { useList } from '../list/use-list.ts';
import {
  changeWebhook,
  listDeliveries,
  makeWebhookSecret,
  readWebhook,
  removeWebhook,
  testWebhook,
} from '../server/admin-api.ts';
import { SecretShown } from './secret-shown.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { deliveryStates, webhookStates } from './words.ts';

const route = getRouteApi('/room/webhooks/$id');
const above = <AboveLink to="/webhooks">Webhooks</AboveLink>;

export function WebhookPage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['webhook', id], queryFn: () => readWebhook(id) });
  return (
    <OnePage query={query} noun="webhook" above={above}>
      {(webhook) => (
        <Page title={new URL(webhook.url).host} above={above} narrow key={webhook.id}>
          <State webhook={webhook} />
          <Deliveries webhook={webhook} />
          <Edited
            thing={webhook}
            part={({ url, types }) => [url, types]}
            changes={{ type: 'webhook.changed', target: webhook.id }}
          >
            {(opened) => <Change webhook={opened} />}
          </Edited>
          <Secret webhook={webhook} />
          <Removal webhook={webhook} />
        </Page>
      )}
    </OnePage>
  );
}

const useChange = (webhook: Webhook, said: string) =>
  useSaved('webhook', (patch: PatchWebhook) => changeWebhook(webhook, patch), said);

function State({ webhook }: { webhook: Webhook }) {
  const { id, state, pending, failing_since, last_error } = webhook;
  const change = useChange(webhook, state === 'active' ? 'It is paused.' : 'It is on.');
  const test = useMutation({ mutationFn: () => testWebhook(id) });
  return (
    <Section title="State">
      <DataList size="sm" gap={6} labelWidth="8rem" mb="md">
        <Datum label="State">
          <Tag tone={webhookStates[state].tone}>{webhookStates[state].label}</Tag>
        </Datum>
        <Datum label="Waiting">{pending === 1 ? '1 event' : `${pending} events`}</Datum>
        {failing_since !== null && (
          <Datum label="Failing since">
            <Time at={failing_since} precise />
          </Datum>
        )}
        {last_error !== null && <Datum label="Last error">{last_error}</Datum>}
      </DataList>
      {change.error && <Failure error={change.error} what="It was not changed." />}
      {test.error && <Failure error={test.error} what="No test was sent." />}
      {test.data && (
        <Callout
          tone={test.data.delivered ? 'success' : 'danger'}
          role="alert"
          title={test.data.delivered ? 'The test was taken' : 'The test was not taken'}
        >
          {test.data.delivered ? `The address answered ${test.data.status}.` : test.data.error}
        </Callout>
      )}
      <Group mt="md">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ state: state === 'active' ? 'paused' : 'active' })}
        >
          {state === 'active' ? 'Pause' : 'Turn on'}
        </Button>
      </Group>
    </Section>
  );
}

function Deliveries({ webhook: { id } }: { webhook: Webhook }) {
  const query = useList(['deliveries', id], (cursor) => listDeliveries(id, cursor));
  return (
    <Section title="Last deliveries" lead="Of the last seven days, the newest first.">
      <Button variant="default" mb="md" loading={query.isRefetching} onClick={() => void query.refetch()}>
        Refresh
      </Button>
      <ListView
        query={query}
        noun={{ one: 'delivery', many: 'deliveries' }}
        filtered={false}
        empty={{
          icon: <IconWebhook aria-hidden />,
          title: 'Nothing yet',
          description: 'Events that happen from now on appear here.',
        }}
      >
        {(deliveries) => <DeliveryTable deliveries={deliveries} />}
      </ListView>
    </Section>
  );
}

function DeliveryTable({ deliveries }: { deliveries: WebhookDelivery[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Event</Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Since
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map(({ id, type, state, tries, status, error, created_at }) => (
            <Table.Tr key={id}>
              <Table.Td>
                {eventName({ type, details: {} })}
                <span className={styles.quiet}>
                  {tries} {tries === 1 ? 'try' : 'tries'}
                  {status !== null && `, answered ${status}`}
                  {status === null && error !== null && `, ${error}`}
                </span>
              </Table.Td>
              <Table.Td>
                <Tag tone={deliveryStates[state].tone}>{deliveryStates[state].label}</Tag>
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={created_at} />
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Change({ webhook }: { webhook: Webhook }) {
  const change = useChange(webhook, 'The webhook was saved.');
  return (
    <Section title="What it is told" lead="After a change it is tried again at once.">
      <WebhookForm
        saved={webhook}
        act="Save"
        busy={change.isPending}
        error={change.error}
        onSubmit={change.mutate}
      />
    </Section>
  );
}

function Secret({ webhook: { id } }: { webhook: Webhook }) {
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const make = useMutation({
    mutationFn: () => makeWebhookSecret(id),
    onSuccess: (made) => {
      setAsking(false);
      setSecret(made.secret);
    },
  });
  return (
    <Section title="Secret" lead="What messages are signed with. It is shown only when it is made.">
      <DangerButton asks onClick={() => setAsking(true)}>
        Make a new secret
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title="Make a new secret?"
        act="Make a new secret"
        busy={make.isPending}
        error={make.error}
        onConfirm={() => make.mutate()}
        onClose={() => setAsking(false)}
      >
        Messages are signed with it at once. The receiver refuses them until it knows the new one; they are
        sent again.
      </ConfirmDialog>
      <SecretShown secret={secret} onClose={() => setSecret(undefined)} />
    </Section>
  );
}

function Removal({ webhook: { id, url } }: { webhook: Webhook }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const remove = useMutation({
    mutationFn: () => removeWebhook(id),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['webhooks'] });
      say('The webhook was removed.', '/webhooks');
      await navigate({ to: '/webhooks' });
    },
  });
  return (
    <Section title="Remove it">
      <DangerButton asks onClick={() => setAsking(true)}>
        Remove webhook
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title="Remove this webhook?"
        act="Remove webhook"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        {new URL(url).host} is told of no more events; what waits for it is dropped. This cannot be undone.
      </ConfirmDialog>
    </Section>
  );
}
