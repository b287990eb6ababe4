import { call, inWords } from '@countersign/ui/api';
import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SignedInBrowser } from '@countersign/protocol/wire';
import { whenText } from '../display/time.ts';
import { Loaded, SectionCard } from '../layout/section-card.tsx';
import { useBrowsers } from './queries.ts';
import { t } from '../texts/texts.ts';

/** Where the person is signed in, and ending what they do not know. */
export function BrowsersCard() {
  const browsers = useBrowsers();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const end = async (sessions: SignedInBrowser[]) => {
    setProblem(undefined);
    try {
      // The present one last: nothing can be ended after it.
      for (const { id } of [...sessions].sort((a, b) => Number(a.current) - Number(b.current))) {
        await call('DELETE', `/api/v1/me/sessions/${id}`);
      }
    } catch (error) {
      setProblem(inWords(error));
    }
    await queries.invalidateQueries();
  };
  return (
    <SectionCard title={t.browsers.title}>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}
        </Alert>
      )}
      <Loaded query={browsers}>
        {(items) => (
          <Stack>
            {items.map((browser) => (
              <Group key={browser.id} justify="space-between" wrap="nowrap" align="flex-start">
                <div>
                  <Group gap="xs">
                    <Text fw={600}>{browser.client ?? t.browsers.unknown}</Text>
                    {browser.current && <Badge variant="light">{t.browsers.this}</Badge>}
                    {browser.kind === 'admin' && (
                      <Badge variant="light" color="gray" c="var(--cs-text)">
                        {t.shell.adminPortal}
                      </Badge>
                    )}
                  </Group>
                  <Text c="dimmed" fz="sm">
                    {t.browsers.lastActive(browser.ip ?? '–', whenText(browser.last_seen_at))}
                  </Text>
                </div>
                {!browser.current && (
                  <Button variant="default" size="xs" onClick={() => void end([browser])}>
                    {t.app.signOut}
                  </Button>
                )}
              </Group>
            ))}
            {items.length > 1 && (
              <Group>
                <Button variant="default" onClick={() => void end(items)}>
                  {t.browsers.everywhere}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </SectionCard>
  );
}
