import { Button, Group as Row, Modal, Table } from '@mantine/core';
import type { CreatedWebhook, Webhook } from '@countersign/protocol/wire';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { Tag } from '../layout/tag.tsx';
import { FilterBox } from '../list/filter-box.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { addWebhook, listWebhooks } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { SecretShown } from './secret-shown.tsx';
import { WebhookForm } from './webhook-form.tsx';
import { webhookStates } from './words.ts';

const route = getRouteApi('/room/webhooks');

export function WebhooksPage() {
  const { user } = useSession();
  if (may(user, 'write_settings')) return <Webhooks />;
  return (
    <Page title="Webhooks">
      <Callout tone="warning" title="Only who may change settings sees webhooks">
        Their addresses may hold secrets.
      </Callout>
    </Page>
  );
}

function Webhooks() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (change: Partial<typeof filter>) =>
    void navigate({ search: { ...filter, ...change }, replace: true });
  const [adding, setAdding] = useState(false);
  const [created, setCreated] = useState<CreatedWebhook>();
  const query = useList(['webhooks', filter], (cursor) => listWebhooks(filter, cursor));
  return (
    <Page
      title="Webhooks"
      lead="Other systems that are told of events as they happen."
      action={
        <Row gap="sm">
          <ExportButton of="webhooks" />
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
            Add webhook
          </Button>
        </Row>
      }
    >
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search webhooks"
            placeholder="Search by address"
            value={filter.q ?? ''}
            onSearch={(words) => narrow({ q: words.trim() || undefined })}
          />
        </div>
        <FilterBox
          label="Failing or switched off"
          checked={filter.failing === true}
          onChange={(failing) => narrow({ failing })}
        />
      </search>
      <ListView
        query={query}
        noun={{ one: 'webhook', many: 'webhooks' }}
        filtered={Object.values(filter).some((value) => value !== undefined)}
        empty={{
          icon: <IconWebhook aria-hidden />,
          title: 'No webhooks yet',
          description: 'Add one to have a system of yours told of events, signed and in order.',
        }}
      >
        {(webhooks) => <WebhookTable webhooks={webhooks} />}
      </ListView>
      <AddWebhook
        opened={adding}
        onClose={() => setAdding(false)}
        onAdded={(webhook) => {
          setAdding(false);
          setCreated(webhook);
        }}
      />
      <SecretShown
        secret={created?.secret}
        onClose={() => void navigate({ to: '/webhooks/$id', params: { id: created!.id } })}
      />
    </Page>
  );
}

function WebhookTable({ webhooks }: { webhooks: Webhook[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Address</Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Waiting
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {webhooks.map(({ id, url, state, pending, last_error }) => (
            <Table.Tr key={id} className={styles.row}>
              <Table.Td>
                <Link to="/webhooks/$id" params={{ id }} className={styles.open}>
                  {url}
                </Link>
                {last_error !== null && <span className={styles.quiet}>{last_error}</span>}
              </Table.Td>
              <Table.Td>
                <Tag tone={webhookStates[state].tone}>{webhookStates[state].label}</Tag>
              </Table.Td>
              <Table.Td className={styles.medium}>{pending}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function AddWebhook(props: {
  opened: boolean;
  onClose: () => void;
  onAdded: (webhook: CreatedWebhook) => void;
}) {
  const { opened, onClose, onAdded } = props;
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: addWebhook,
    onSuccess: (webhook) => {
      void client.invalidateQueries({ queryKey: ['webhooks'] });
      onAdded(webhook);
    },
  });
  const close = () => {
    add.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Add webhook"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <WebhookForm act="Add webhook" busy={add.isPending} error={add.error} onSubmit={add.mutate}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </WebhookForm>
    </Modal>
  );
}
