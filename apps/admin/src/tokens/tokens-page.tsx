import { Button, Group as Row } from '@mantine/core';
import type { ApiToken } from '@countersign/protocol/wire';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useNotices } from '../layout/notice.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { FilterBox } from '../list/filter-box.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { deleteToken, listTokens } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { SettingsTabs } from '../settings/settings-tabs.tsx';
import { TokenDialog } from './token-dialog.tsx';
import { TokenTable } from './token-table.tsx';

const route = getRouteApi('/room/settings/tokens');

export function TokensPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (change: Partial<typeof filter>) =>
    void navigate({ search: { ...filter, ...change }, replace: true });
  const { user } = useSession();
  const writable = may(user, 'write_settings');
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<ApiToken>();
  const query = useList(['tokens', filter], (cursor) => listTokens(filter, cursor));
  const client = useQueryClient();
  const { say } = useNotices();
  const list = useRef<HTMLDivElement>(null);
  const remove = useMutation({
    mutationFn: ({ id }: ApiToken) => deleteToken(id),
    onSuccess: async (_nothing, { name }) => {
      await client.invalidateQueries({ queryKey: ['tokens'] });
      setLeaving(undefined);
      say(`${name} was deleted. It opens nothing any more.`);
      // Its button is gone.
      list.current?.focus();
    },
  });
  const askBefore = (token: ApiToken) => {
    remove.reset();
    setLeaving(token);
  };
  return (
    <Page
      title="API tokens"
      lead="With a token a program does what you can do here, within the scopes that you choose."
      action={
        <Row gap="sm">
          <ExportButton of="tokens" />
          {writable && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)}>
              Make a token
            </Button>
          )}
        </Row>
      }
    >
      <SettingsTabs />
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search API tokens"
            placeholder="Search by name"
            value={filter.q ?? ''}
            onSearch={(words) => narrow({ q: words.trim() || undefined })}
          />
        </div>
        <FilterBox
          label="Ends within 14 days"
          checked={filter.expiring === true}
          onChange={(expiring) => narrow({ expiring })}
        />
      </search>
      <div ref={list} tabIndex={-1} role="group" aria-label="API tokens" style={{ outline: 'none' }}>
        <ListView
          query={query}
          noun={{ one: 'API token', many: 'API tokens' }}
          filtered={Object.values(filter).some((value) => value !== undefined)}
          empty={{
            icon: <IconKey aria-hidden />,
            title: 'No API tokens yet',
            description: 'Make one for each program that is to read or change something here by itself.',
          }}
        >
          {(tokens) => <TokenTable tokens={tokens} onDelete={writable ? askBefore : undefined} />}
        </ListView>
      </div>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Delete ${leaving?.name ?? ''}?`}
        act={`Delete ${leaving?.name ?? ''}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(leaving!)}
        onClose={() => setLeaving(undefined)}
      >
        Whatever uses it is refused from now on, and so are tokens that were made with it. This cannot be
        undone.
      </ConfirmDialog>
    </Page>
  );
}
