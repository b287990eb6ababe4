import { Button, Skeleton, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Failure } from '../layout/failure.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import listStyles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { apiDocumentAddress, readApiDocument } from '../server/admin-api.ts';
import { SettingsTabs } from '../settings/settings-tabs.tsx';
import { CallItem } from './call-item.tsx';
import { callsByTag, type ApiDocument } from './document.ts';
import styles from './api.module.css';

const route = getRouteApi('/room/settings/api');

/** Every call that the server takes, from its own OpenAPI document. */
export function ApiPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['api document'],
    queryFn: readApiDocument,
    staleTime: Infinity,
  });
  return (
    <Page
      title="API"
      lead="Every call that this server takes. Programs administer with an API token."
      action={
        <Button
          component="a"
          href={apiDocumentAddress}
          variant="default"
          leftSection={<IconExternalLink size={18} aria-hidden />}
        >
          OpenAPI document
        </Button>
      }
    >
      <SettingsTabs />
      <search className={listStyles.tools}>
        <div className={listStyles.search}>
          <SearchBox
            label="Search calls"
            placeholder="Search by address or by what it does"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      {isPending && (
        <Stack role="status" aria-label="Loading the calls">
          <Skeleton height={52} />
          <Skeleton height={320} />
        </Stack>
      )}
      {error && <Failure error={error} what="The calls could not be loaded." retry={refetch} />}
      {data && <Calls document={data} q={q} />}
    </Page>
  );
}

function Calls({ document, q }: { document: ApiDocument; q: string | undefined }) {
  const found = callsByTag(document, q);
  if (found.length === 0) return <p role="status">No call has all of these words. Change them.</p>;
  return found.map(([tag, calls]) => (
    <Section key={tag} title={tag}>
      <ul className={styles.list}>
        {calls.map((call) => (
          <CallItem key={`${call.method} ${call.path}`} call={call} />
        ))}
      </ul>
    </Section>
  ));
}
