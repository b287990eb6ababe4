import { call } from '@countersign/ui/api';
import { Avatar, Badge, Group, SimpleGrid, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { LaunchTile, OpenedApplication } from '@countersign/protocol/wire';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { SectionCard } from '../layout/section-card.tsx';
import { useAct } from '../security/use-act.ts';
import { t } from '../texts/texts.ts';

/** From so many on a search is quicker than looking. */
const searchFrom = 8;
const recent = 4;

/** What the person may open; nothing at all where there is nothing, since nobody here can change that. */
export function Launcher() {
  const { data: tiles } = useQuery({
    queryKey: ['applications'],
    queryFn: async () => (await call<{ items: LaunchTile[] }>('GET', '/api/v1/me/applications')).items,
  });
  const [words, setWords] = useState('');
  const { act, problem, busy } = useAct();
  if (!tiles || tiles.length === 0) return null;

  const open = async ({ id }: LaunchTile) => {
    // In this window: the step-up dialog may come first, and a window that is opened after it would be blocked.
    const opened = await act(() => call<OpenedApplication>('POST', `/api/v1/me/applications/${id}/open`));
    if (opened) location.assign(opened.result.url);
  };
  const wanted = words.trim().toLowerCase();
  const found = tiles.filter(({ name }) => name.toLowerCase().includes(wanted));
  const used = tiles
    .filter(({ last_used_at }) => last_used_at !== null)
    .sort((a, b) => b.last_used_at!.localeCompare(a.last_used_at!))
    .slice(0, recent);
  const tile = (application: LaunchTile) => (
    <Tile key={application.id} tile={application} disabled={busy} onOpen={() => void open(application)} />
  );
  return (
    <SectionCard title={t.applications.title}>
      <ProblemAlert text={problem} />
      {tiles.length >= searchFrom && (
        <TextInput
          type="search"
          aria-label={t.applications.search}
          placeholder={t.applications.search}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {wanted === '' && tiles.length >= searchFrom && used.length > 0 && (
        <Stack gap="xs">
          <Text fw={600}>{t.applications.recent}</Text>
          <Tiles>{used.map(tile)}</Tiles>
          <Text fw={600}>{t.applications.all}</Text>
        </Stack>
      )}
      {found.length > 0 ? <Tiles>{found.map(tile)}</Tiles> : <Text role="status">{t.applications.none}</Text>}
    </SectionCard>
  );
}

const Tiles = ({ children }: { children: ReactNode }) => (
  <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
    {children}
  </SimpleGrid>
);

function Tile({ tile, disabled, onOpen }: { tile: LaunchTile; disabled: boolean; onOpen: () => void }) {
  return (
    <UnstyledButton className="tile" onClick={onOpen} disabled={disabled}>
      <Group wrap="nowrap" gap="sm">
        <Avatar src={tile.logo_uri} alt="" size={40} radius="md" color="gray" aria-hidden>
          {tile.name.trim().charAt(0).toUpperCase()}
        </Avatar>
        <div style={{ minWidth: 0 }}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {tile.name}
          </Text>
          {tile.step_up && (
            <Badge variant="light" color="gray" c="var(--cs-text)" size="sm">
              {t.applications.stepUp}
            </Badge>
          )}
        </div>
      </Group>
    </UnstyledButton>
  );
}
